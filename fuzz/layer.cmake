add_fuzz(layer SOURCE ${CMAKE_SOURCE_DIR}/fuzz/layer.cc ROOMS scan)
