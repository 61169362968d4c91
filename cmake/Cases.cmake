# add_cases(NAME SOURCE file ROOMS rooms...): the test cases.<NAME>, which walks the folder of that
# name in BULKHEAD_CASES; skipped (exit 77) when a stranger's clone has no such folder.
# Everything that the corpora need, for builds that run nothing else.
add_custom_target(real_cases)

function(add_cases name)
  cmake_parse_arguments(CASES "" "SOURCE" "ROOMS;LIBS" ${ARGN})
  if(NOT BULKHEAD_TESTS)
    return()
  endif()
  add_executable(cases_${name} ${CASES_SOURCE})
  use_precompiled(cases_${name})
  target_include_directories(cases_${name} PRIVATE ${CMAKE_SOURCE_DIR})
  foreach(room IN LISTS CASES_ROOMS)
    target_link_libraries(cases_${name} PRIVATE bulkhead_${room})
  endforeach()
  target_link_libraries(cases_${name} PRIVATE ${CASES_LIBS})
  target_compile_definitions(cases_${name} PRIVATE BULKHEAD_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  add_dependencies(real_cases cases_${name})
  add_test(NAME cases.${name} COMMAND cases_${name})
  set_tests_properties(cases.${name} PROPERTIES LABELS cases SKIP_RETURN_CODE 77 TIMEOUT 600)
endfunction()
