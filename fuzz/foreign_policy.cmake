add_fuzz(foreign_policy SOURCE ${CMAKE_SOURCE_DIR}/fuzz/foreign_policy.cc ROOMS decide)
