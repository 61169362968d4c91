// SPDX-License-Identifier: Apache-2.0
// Stanzas of "Field: value" lines as in deb822(5): dpkg's status, opkg's, copyright files.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace bulkhead::catalog::debian {

// One stanza; everything views the text that was read.
struct Stanza {
  uint32_t line = 0;  // of its first field, counting from 1
  // In order; a value has its continuation lines, trimmed at both ends.
  std::vector<std::pair<std::string_view, std::string_view>> fields;

  // Value of a field, case-insensitive as deb822 says; "" when absent. The first one counts.
  std::string_view operator[](std::string_view name) const;
};

// Reads stanza after stanza, in one pass. Lines that are neither a field nor a continuation are
// counted and skipped; fields beyond kMaxFields of one stanza are ignored.
class ControlReader {
 public:
  static constexpr size_t kMaxFields = 256;

  explicit ControlReader(std::string_view text) : rest_(text) {}
  // The stanza is reused, so that reading thousands does not allocate.
  bool next(Stanza& stanza);
  uint64_t bad_lines() const { return bad_lines_; }

 private:
  std::string_view rest_;
  uint32_t line_ = 0;
  uint64_t bad_lines_ = 0;
};

}  // namespace bulkhead::catalog::debian
