// SPDX-License-Identifier: Apache-2.0
// Problem: what is wrong with a policy, and where.
#pragma once

#include <cstdint>
#include <string>

namespace bulkhead::policy {

// Line and column count from 1, columns in characters; 0 when it concerns the whole file.
struct Problem {
  std::string path;
  uint32_t line = 0;
  uint32_t column = 0;
  std::string message;
  // Right as it stands, but it asks for what this engine does not have: a function, a form.
  bool unsupported = false;
  // What is called, where no module and no builtin has that name: "data.lib.f"; else empty.
  std::string function = {};
  bool operator==(const Problem&) const = default;
};

// "path:line:column: message"
std::string to_string(const Problem& problem);

}  // namespace bulkhead::policy
