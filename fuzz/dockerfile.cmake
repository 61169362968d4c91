add_fuzz(dockerfile SOURCE ${CMAKE_SOURCE_DIR}/fuzz/dockerfile.cc ROOMS posture)
