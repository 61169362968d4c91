// SPDX-License-Identifier: Apache-2.0
// Line numbers for a JSON reader that has none: the tools that write lock files put one member on a
// line, so the members' keys are looked up in the text in the order in which the reader meets them.
#pragma once

#include <cstdint>
#include <string_view>

namespace bulkhead::catalog {

class LineFinder {
 public:
  explicit LineFinder(std::string_view text) : rest_(text) {}

  // The line, counted from 1, of the next `"key":` that begins a line, searching onwards from the
  // last one found; with opens_object only of those that end in '{'. 0 when there is none; from
  // then on always 0 (the text is laid out in another way), which keeps the whole search
  // linear.
  uint32_t find(std::string_view key, bool opens_object = false);

 private:
  std::string_view rest_;
  uint32_t line_ = 0;
  bool lost_ = false;
};

}  // namespace bulkhead::catalog
