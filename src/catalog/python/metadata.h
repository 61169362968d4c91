// SPDX-License-Identifier: Apache-2.0
// Core metadata of a Python distribution: METADATA and PKG-INFO, versions 1.0 to 2.4
// (https://packaging.python.org/en/latest/specifications/core-metadata/).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace bulkhead::catalog::python {

struct Metadata {
  std::string name;  // as written
  std::string version;
  std::vector<std::string> licences;
  std::string supplier;
  struct Dependency {
    std::string text;  // the value of Requires-Dist
    uint32_t line = 0;
  };
  std::vector<Dependency> requires_dist;
};

// Reads the headers and stops at the body (the description). Never fails: a file that is something
// else gives an empty name.
Metadata parse_metadata(std::string_view text);

}  // namespace bulkhead::catalog::python
