# add_fuzz(NAME source ROOMS rooms...): a reader of hostile bytes under fuzzing. With the fuzz preset
# (clang) it is a libFuzzer binary; everywhere else the same function runs over its corpus, every
# truncation of it and bit flips of it, as an ordinary test (fuzz/driver.cc).
# The source defines LLVMFuzzerTestOneInput; the corpus is fuzz/corpus/<name>/.
if(BULKHEAD_TESTS AND NOT BULKHEAD_LIBFUZZER)
  add_library(bulkhead_fuzz_driver STATIC ${CMAKE_SOURCE_DIR}/fuzz/driver.cc)
  use_precompiled(bulkhead_fuzz_driver)
endif()

function(add_fuzz name)
  cmake_parse_arguments(FUZZ "" "SOURCE" "ROOMS" ${ARGN})
  if(NOT BULKHEAD_TESTS)
    return()
  endif()
  add_executable(fuzz_${name} ${FUZZ_SOURCE})
  use_precompiled(fuzz_${name})
  target_include_directories(fuzz_${name} PRIVATE ${CMAKE_SOURCE_DIR})  # tests/support
  foreach(room IN LISTS FUZZ_ROOMS)
    target_link_libraries(fuzz_${name} PRIVATE bulkhead_${room})
  endforeach()
  set(corpus ${CMAKE_SOURCE_DIR}/fuzz/corpus/${name})
  if(BULKHEAD_LIBFUZZER)
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
    add_test(NAME fuzz.${name} COMMAND fuzz_${name} -runs=20000 -max_total_time=20 -rss_limit_mb=2048 -seed=1 ${CMAKE_CURRENT_BINARY_DIR}/found_${name} ${corpus})
    file(MAKE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/found_${name})
  else()
    target_link_libraries(fuzz_${name} PRIVATE bulkhead_fuzz_driver)
    add_test(NAME fuzz.${name} COMMAND fuzz_${name} ${corpus})
  endif()
  set_tests_properties(fuzz.${name} PROPERTIES LABELS fuzz TIMEOUT 300)
endfunction()
