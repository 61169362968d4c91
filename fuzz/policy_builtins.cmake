add_fuzz(policy_builtins SOURCE ${CMAKE_SOURCE_DIR}/fuzz/policy_builtins.cc ROOMS policy)
