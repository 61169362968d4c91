add_fuzz(cataloger SOURCE ${CMAKE_SOURCE_DIR}/fuzz/cataloger.cc ROOMS catalog)
