add_fuzz(gzip SOURCE ${CMAKE_SOURCE_DIR}/fuzz/gzip.cc ROOMS archive)
