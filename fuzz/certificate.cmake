add_fuzz(certificate SOURCE ${CMAKE_SOURCE_DIR}/fuzz/certificate.cc ROOMS crypto)
