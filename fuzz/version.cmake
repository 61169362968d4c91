add_fuzz(version SOURCE ${CMAKE_SOURCE_DIR}/fuzz/version.cc ROOMS version)
