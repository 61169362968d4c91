// SPDX-License-Identifier: Apache-2.0
// A flat list: messages have a dozen fields, so a scan beats any index. RFC 9110 sections 5
// and 5.6.2.
#include "net/headers.h"

#include <algorithm>

#include "base/text.h"

namespace bulkhead::net {

void Headers::set(std::string_view name, std::string_view value) {
  std::erase_if(fields_, [&](const Field& f) { return base::equals_ignore_case(f.name, name); });
  add(name, value);
}

std::optional<std::string_view> Headers::find(std::string_view name) const {
  for (const Field& field : fields_) {
    if (base::equals_ignore_case(field.name, name)) return field.value;
  }
  return std::nullopt;
}

std::vector<std::string_view> Headers::all(std::string_view name) const {
  std::vector<std::string_view> out;
  for (const Field& field : fields_) {
    if (base::equals_ignore_case(field.name, name)) out.push_back(field.value);
  }
  return out;
}

bool Headers::is_valid_name(std::string_view name) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !name.empty() && std::ranges::all_of(name, [&](char c) {
    return base::is_alnum(c) || kMarks.find(c) != std::string_view::npos;
  });
}

bool Headers::is_valid_value(std::string_view value) {
  return std::ranges::none_of(value, [](char c) {
    auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7f;
  });
}

}  // namespace bulkhead::net
