find_package(benchmark QUIET)
if(benchmark_FOUND AND BULKHEAD_TESTS)
  add_executable(archive_bench ${CMAKE_SOURCE_DIR}/bench/archive_bench.cc)
  target_include_directories(archive_bench PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(archive_bench PRIVATE bulkhead_archive bulkhead_crypto
                        PkgConfig::ISAL PkgConfig::ZSTD benchmark::benchmark_main)
endif()
