add_fuzz(registry_config SOURCE ${CMAKE_SOURCE_DIR}/fuzz/registry_config.cc ROOMS oci)
