# add_room(NAME DEPS rooms... LIBS libraries... ROOT folder): one static library from every .cc of
# the folder (registry folders included), and <name>_test from every *_test.cc.
# DEPS are the rooms it may include; tools/tidy checks that includes and DEPS agree.
function(add_room name)
  cmake_parse_arguments(ROOM "" "" "DEPS;LIBS;TEST_DEPS;TEST_LIBS;EXCLUDE" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cc$")
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  foreach(pattern IN LISTS ROOM_EXCLUDE)
    list(FILTER sources EXCLUDE REGEX ${pattern})
  endforeach()

  if(NOT sources)
    return()
  endif()
  add_library(bulkhead_${name} STATIC ${sources})
  target_include_directories(bulkhead_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
  use_precompiled(bulkhead_${name})
  foreach(dep IN LISTS ROOM_DEPS)
    target_link_libraries(bulkhead_${name} PUBLIC bulkhead_${dep})
  endforeach()
  target_link_libraries(bulkhead_${name} PRIVATE ${ROOM_LIBS})

  if(tests AND BULKHEAD_TESTS)
    add_executable(${name}_test ${tests})
    use_precompiled(${name}_test TEST)
    target_link_libraries(${name}_test PRIVATE bulkhead_${name} ${ROOM_TEST_LIBS} GTest::gtest_main)
    target_include_directories(${name}_test PRIVATE ${CMAKE_SOURCE_DIR})  # tests/support
    foreach(dep IN LISTS ROOM_TEST_DEPS)
      target_link_libraries(${name}_test PRIVATE bulkhead_${dep})
    endforeach()
    target_compile_definitions(${name}_test PRIVATE
      BULKHEAD_SOURCE_DIR="${CMAKE_SOURCE_DIR}" BULKHEAD_ROOM_DIR="${CMAKE_CURRENT_SOURCE_DIR}")
    add_test(NAME ${name} COMMAND ${name}_test)
    set_tests_properties(${name} PROPERTIES LABELS unit TIMEOUT 300)
  endif()
endfunction()
