// SPDX-License-Identifier: Apache-2.0
// deb822(5) in one pass without copying: values are views from their first byte to the end of their
// last continuation line. A '#' line is not a comment here: dpkg's own files have none, and
// copyright files use it as text.
#include "catalog/debian/control.h"

#include "base/text.h"

namespace bulkhead::catalog::debian {

std::string_view Stanza::operator[](std::string_view name) const {
  for (const auto& [key, value] : fields) {
    if (key.size() == name.size() && base::equals_ignore_case(key, name)) return value;
  }
  return {};
}

bool ControlReader::next(Stanza& stanza) {
  stanza.fields.clear();
  std::string_view line;
  const char* value_begin = nullptr;
  while (base::next_line(rest_, line)) {
    ++line_;
    bool blank = line.find_first_not_of(" \t\r") == std::string_view::npos;
    if (blank) {
      if (!stanza.fields.empty()) break;
      continue;
    }
    if (line[0] == ' ' || line[0] == '\t') {
      if (value_begin == nullptr) {
        ++bad_lines_;
        continue;
      }
      const char* end = line.data() + line.size();
      stanza.fields.back().second = {value_begin, static_cast<size_t>(end - value_begin)};
      continue;
    }
    value_begin = nullptr;
    size_t colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) {
      ++bad_lines_;
      continue;
    }
    if (stanza.fields.size() == kMaxFields) continue;
    if (stanza.fields.empty()) stanza.line = line_;
    stanza.fields.emplace_back(base::trim(line.substr(0, colon)), line.substr(colon + 1));
    value_begin = line.data() + colon + 1;
  }
  for (auto& [key, value] : stanza.fields) value = base::trim(value);
  return !stanza.fields.empty();
}

}  // namespace bulkhead::catalog::debian
