add_fuzz(oci_manifest SOURCE ${CMAKE_SOURCE_DIR}/fuzz/oci_manifest.cc ROOMS oci)
