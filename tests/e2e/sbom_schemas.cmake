# The SBOM writers against the official schemas, judged by a validator that is not ours.
if(BULKHEAD_TESTS)
  add_executable(write_sample_sbom ${CMAKE_CURRENT_SOURCE_DIR}/e2e/write_sample_sbom.cc)
  target_link_libraries(write_sample_sbom PRIVATE bulkhead_sbom bulkhead_sample_report)
  add_test(NAME e2e.sbom_schemas
           COMMAND python3 -W ignore ${CMAKE_CURRENT_SOURCE_DIR}/e2e/sbom_schemas.py
                   $<TARGET_FILE:write_sample_sbom> ${CMAKE_SOURCE_DIR})
  set_tests_properties(e2e.sbom_schemas PROPERTIES LABELS e2e SKIP_RETURN_CODE 77 TIMEOUT 120)
endif()
