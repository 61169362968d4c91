// SPDX-License-Identifier: Apache-2.0
// The feed readers: the first byte chooses one, the rest is its file. What they accept must make a
// database that opens.
#include <sys/mman.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "vuln/database/build.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bulkhead;
  constexpr std::array<std::string_view, 6> kPaths = {
      "osv/npm/X.json",  "osv/AlmaLinux/all.zip", "debian/tracker.json",
      "alpine/v3.21/main.json", "kev/k.json",     "epss/scores.csv.gz"};
  if (size == 0) return 0;
  // Letters, so that a seed can be read: 'a' is the first path.
  std::string_view path = kPaths[(data[0] - size_t{'a'}) % kPaths.size()];
  base::Fd fd(memfd_create("fuzz", MFD_CLOEXEC));
  CHECK(fd.valid() && base::write_all(fd, std::as_bytes(std::span(data + 1, size - 1))));
  std::vector<vuln::FeedFile> feeds;
  feeds.push_back({std::string(path), std::move(fd)});
  base::Diagnostics diagnostics;
  vuln::BuildOptions options;
  options.threads = 1;
  auto bytes = vuln::build_in_memory(std::move(feeds), options, diagnostics);
  if (!bytes) return 0;
  base::Fd file(memfd_create("fuzz", MFD_CLOEXEC));
  CHECK(base::write_all(file, *bytes));
  auto database = vuln::Database::open(file);
  CHECK(database && database->verify());
  return 0;
}
