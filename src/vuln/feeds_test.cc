// SPDX-License-Identifier: Apache-2.0
// The whole mirror of real feeds, where it is present. Prints sizes and times, asserts only that
// the answers are there and do not depend on the number of threads.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <ctime>

#include "tests/support/cases.h"
#include "vuln/testing.h"

namespace bulkhead::vuln {
namespace {

using namespace testing;

std::vector<FeedFile> open_feeds(const std::string& folder) {
  std::vector<FeedFile> files;
  auto paths = list_feeds(folder);
  EXPECT_TRUE(paths);
  for (const std::string& path : *paths) {
    auto fd = base::open_read(folder + "/" + path);
    EXPECT_TRUE(fd) << path;
    files.push_back({path, std::move(*fd)});
  }
  return files;
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

TEST(RealFeeds, ImportAndMatch) {
  std::string folder = bulkhead::testing::feeds_folder();
  SKIP_WITHOUT(folder);
  std::string target = ::testing::TempDir() + "/bulkhead_feeds_test.db";
  base::Diagnostics diagnostics;
  auto start = std::chrono::steady_clock::now();
  auto info = build(open_feeds(folder), {}, target, diagnostics);
  double import_s = seconds_since(start);
  ASSERT_TRUE(info) << info.error().message();
  std::printf("import %.2f s, %.1f MB, %llu advisories, %llu packages\n", import_s,
              static_cast<double>(info->bytes) / 1e6,
              static_cast<unsigned long long>(info->advisories),
              static_cast<unsigned long long>(info->packages));
  for (const SourceInfo& source : info->sources) {
    std::printf("  %-16s %8llu %s\n", source.name.c_str(),
                static_cast<unsigned long long>(source.records),
                base::format_time(source.newest).c_str());
    EXPECT_GT(source.records, 0u) << source.name;
  }
  for (const auto& d : diagnostics.all()) {
    std::printf("  %s: %s\n", d.where.c_str(), d.message.c_str());
  }
  EXPECT_FALSE(diagnostics.any_incomplete());

  start = std::chrono::steady_clock::now();
  auto database = Database::open_path(target);
  std::printf("open %.2f ms\n", seconds_since(start) * 1e3);
  ASSERT_TRUE(database);
  EXPECT_TRUE(database->verify());
  std::remove(target.c_str());

  // As many packages as a large image has, most of them known to the database.
  std::vector<model::Package> packages;
  const Database::State& state = database->state();
  size_t step = std::max<size_t>(1, state.count(format::Section::kPackages) / 2000);
  for (size_t i = 0; i < state.count(format::Section::kPackages); i += step) {
    auto entry = state.package(i);
    std::string ecosystem(state.text(state.ecosystem(entry->ecosystem)->name));
    std::string name(state.text(entry->name));
    if (ecosystem == "Debian:12") packages.push_back(package("deb", name, "1:1.0-1"));
    if (ecosystem == "PyPI") packages.push_back(package("pypi", name, "1.0"));
    if (ecosystem == "npm") packages.push_back(package("npm", name, "1.0.0"));
    if (ecosystem == "Go") packages.push_back(package("golang", name, "v1.0.0"));
  }
  size_t known = packages.size();
  for (size_t i = known; i < 2000; ++i) {
    packages.push_back(package("npm", "not-known-" + std::to_string(i), "1.0.0"));
  }
  for (int round = 0; round < 2; ++round) {
    std::clock_t cpu = std::clock();  // the machine may be busy with other things
    MatchResult result = match(*database, distro("debian", "12"), packages, diagnostics);
    std::printf("match %zu packages (%zu known): %zu findings in %.2f ms of CPU\n", packages.size(),
                known, result.findings.size(),
                static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC * 1e3);
    EXPECT_GT(result.findings.size(), 0u);
  }
}

TEST(RealFeeds, SameBytesWithAnyNumberOfThreads) {
  std::string folder = bulkhead::testing::feeds_folder();
  SKIP_WITHOUT(folder);
  base::Diagnostics one_thread, four_threads;
  BuildOptions options;
  options.threads = 1;
  auto one = build_in_memory(open_feeds(folder), options, one_thread);
  options.threads = 4;
  auto four = build_in_memory(open_feeds(folder), options, four_threads);
  ASSERT_TRUE(one && four);
  EXPECT_TRUE(*one == *four);
  EXPECT_EQ(one_thread.all(), four_threads.all());
}

}  // namespace
}  // namespace bulkhead::vuln
