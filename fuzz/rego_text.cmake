add_fuzz(rego_text SOURCE ${CMAKE_SOURCE_DIR}/fuzz/rego_text.cc ROOMS policy)
