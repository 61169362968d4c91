add_fuzz(json_schema SOURCE ${CMAKE_SOURCE_DIR}/fuzz/json_schema.cc ROOMS base)
