add_fuzz(image_reference SOURCE ${CMAKE_SOURCE_DIR}/fuzz/image_reference.cc ROOMS oci)
