# The HTTP client against a TLS server that is not ours.
if(BULKHEAD_TESTS)
  add_executable(http_tls_test ${CMAKE_CURRENT_SOURCE_DIR}/e2e/http_tls_test.cc)
  target_include_directories(http_tls_test PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(http_tls_test PRIVATE bulkhead_net GTest::gtest_main)
  add_test(NAME e2e.http_tls COMMAND http_tls_test)
  set_tests_properties(e2e.http_tls PROPERTIES LABELS e2e TIMEOUT 120
                       SKIP_REGULAR_EXPRESSION "\\[  SKIPPED \\]")
endif()
