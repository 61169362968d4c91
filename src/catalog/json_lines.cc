// SPDX-License-Identifier: Apache-2.0
// Finds the lines of JSON members in npm's own layout (JSON.stringify with an indent).
#include "catalog/json_lines.h"

#include "base/text.h"

namespace bulkhead::catalog {

uint32_t LineFinder::find(std::string_view key, bool opens_object) {
  std::string_view line;
  while (!lost_ && base::next_line(rest_, line)) {
    ++line_;
    size_t start = line.find_first_not_of(" \t");
    if (start == line.npos || line[start] != '"') continue;
    line.remove_prefix(start + 1);
    if (!line.starts_with(key) || !line.substr(key.size()).starts_with("\":")) continue;
    if (!opens_object || line.ends_with('{')) return line_;
  }
  lost_ = true;
  return 0;
}

}  // namespace bulkhead::catalog
