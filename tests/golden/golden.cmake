# Command lines with the output a person would read (run.py says how).
find_package(Python3 REQUIRED COMPONENTS Interpreter)
if(BULKHEAD_TESTS)
  add_test(NAME golden
           COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/run.py $<TARGET_FILE:bulkhead>)
  set_tests_properties(golden PROPERTIES LABELS "golden;release" TIMEOUT 300)
endif()
