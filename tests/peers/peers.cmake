# Programs that are compared with those of others (tools/run-peer-tests).
add_executable(policy_probe EXCLUDE_FROM_ALL ${CMAKE_CURRENT_LIST_DIR}/policy_probe.cc)
target_link_libraries(policy_probe PRIVATE bulkhead_policy)
