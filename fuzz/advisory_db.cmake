add_fuzz(advisory_db SOURCE ${CMAKE_SOURCE_DIR}/fuzz/advisory_db.cc ROOMS vuln)
