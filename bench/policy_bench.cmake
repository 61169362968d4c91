# The policy engine's own times (bench/run policy); its input comes from gatekeeper_templates.py.
add_executable(policy_bench EXCLUDE_FROM_ALL ${CMAKE_CURRENT_LIST_DIR}/policy_bench.cc)
target_link_libraries(policy_bench PRIVATE bulkhead_policy)
