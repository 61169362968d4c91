add_fuzz(vex SOURCE ${CMAKE_SOURCE_DIR}/fuzz/vex.cc ROOMS sbom)
