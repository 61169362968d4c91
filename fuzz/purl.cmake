add_fuzz(purl SOURCE ${CMAKE_SOURCE_DIR}/fuzz/purl.cc ROOMS model)
