add_fuzz(policy_evaluate SOURCE ${CMAKE_SOURCE_DIR}/fuzz/policy_evaluate.cc ROOMS policy)
