# Comparisons a second, scheme by scheme; built only where google-benchmark is installed.
find_package(benchmark QUIET)
if(benchmark_FOUND AND TARGET bulkhead_version)
  add_executable(version_bench ${CMAKE_CURRENT_LIST_DIR}/version_bench.cc)
  target_link_libraries(version_bench PRIVATE bulkhead_version benchmark::benchmark)
endif()
