# Images out of a real docker-registry (plain, and with TLS and a password) and a real podman.
if(BULKHEAD_TESTS)
  add_executable(image_sources_test ${CMAKE_CURRENT_SOURCE_DIR}/e2e/image_sources_test.cc)
  target_link_libraries(image_sources_test PRIVATE bulkhead_oci bulkhead_fake_registry
                        GTest::gtest_main)
  add_test(NAME e2e.image_sources COMMAND image_sources_test)
  set_tests_properties(e2e.image_sources PROPERTIES LABELS e2e TIMEOUT 300
                       SKIP_REGULAR_EXPRESSION "\\[  SKIPPED \\]")
endif()
