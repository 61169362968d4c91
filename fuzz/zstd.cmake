add_fuzz(zstd SOURCE ${CMAKE_SOURCE_DIR}/fuzz/zstd.cc ROOMS archive)
