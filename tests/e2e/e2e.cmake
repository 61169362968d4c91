# End to end: the real program on real input. Each *.py here is one test; it gets the program's path.
# Exit code 77 means skipped (the script says why).
find_package(Python3 REQUIRED COMPONENTS Interpreter)
file(GLOB e2e_scripts CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/*_e2e.py)
foreach(script IN LISTS e2e_scripts)
  get_filename_component(stem ${script} NAME_WE)
  string(REPLACE "_e2e" "" name ${stem})
  add_test(NAME e2e.${name} COMMAND ${Python3_EXECUTABLE} ${script} $<TARGET_FILE:bulkhead>)
  set_tests_properties(e2e.${name} PROPERTIES LABELS "e2e;release" SKIP_RETURN_CODE 77 TIMEOUT 900
    ENVIRONMENT "BULKHEAD_SOURCE_DIR=${CMAKE_SOURCE_DIR}")
endforeach()
