add_fuzz(advisory_feeds SOURCE ${CMAKE_SOURCE_DIR}/fuzz/advisory_feeds.cc ROOMS vuln)
