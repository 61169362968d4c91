// SPDX-License-Identifier: Apache-2.0
// The two formats that yarn has called yarn.lock, read into one shape.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace bulkhead::catalog::npm {

struct YarnDependency {
  std::string name;
  std::string range;
  bool optional = false;
};

struct YarnEntry {
  std::vector<std::string> descriptors;  // "lodash@^4.0.0", "lodash@npm:^4.17.0"
  std::string version;
  std::string resolved;   // classic: a URL; berry: the resolution, "lodash@npm:4.17.21"
  std::string integrity;  // classic only; berry's checksum is of its own cache file
  std::vector<YarnDependency> dependencies;
  uint32_t line = 0;
};

struct YarnLock {
  bool berry = false;
  std::vector<YarnEntry> entries;
  std::vector<uint32_t> bad_lines;  // of classic files: lines that are not of the format
};

base::Result<YarnLock> parse_yarn_lock(std::string_view text);

}  // namespace bulkhead::catalog::npm
