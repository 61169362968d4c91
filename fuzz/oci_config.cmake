add_fuzz(oci_config SOURCE ${CMAKE_SOURCE_DIR}/fuzz/oci_config.cc ROOMS oci)
