add_fuzz(sbom SOURCE ${CMAKE_SOURCE_DIR}/fuzz/sbom.cc ROOMS sbom)
