add_fuzz(template SOURCE ${CMAKE_SOURCE_DIR}/fuzz/template.cc ROOMS report)
