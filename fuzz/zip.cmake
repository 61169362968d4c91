add_fuzz(zip SOURCE ${CMAKE_SOURCE_DIR}/fuzz/zip.cc ROOMS archive)
