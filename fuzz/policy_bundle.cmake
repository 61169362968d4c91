add_fuzz(policy_bundle SOURCE ${CMAKE_SOURCE_DIR}/fuzz/policy_bundle.cc ROOMS policy)
