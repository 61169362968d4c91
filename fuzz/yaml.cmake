add_fuzz(yaml SOURCE ${CMAKE_SOURCE_DIR}/fuzz/yaml.cc ROOMS base)
