add_fuzz(policy_files SOURCE ${CMAKE_SOURCE_DIR}/fuzz/policy_files.cc ROOMS posture)
