add_fuzz(policy_yaml SOURCE ${CMAKE_SOURCE_DIR}/fuzz/policy_yaml.cc ROOMS decide)
