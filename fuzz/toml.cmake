add_fuzz(toml SOURCE ${CMAKE_SOURCE_DIR}/fuzz/toml.cc ROOMS base)
