add_fuzz(tar SOURCE ${CMAKE_SOURCE_DIR}/fuzz/tar.cc ROOMS archive)
