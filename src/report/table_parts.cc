// SPDX-License-Identifier: Apache-2.0
// What all parts of the table use.
#include "report/table_parts.h"

#include "base/text.h"

namespace bulkhead::report {

std::string clean(std::string_view text) {
  constexpr size_t kBearable = 200;
  return base::printable(text, kBearable);
}

std::string plural(uint64_t count, std::string_view word) {
  std::string out = std::to_string(count) + " " + std::string(word);
  if (count == 1) return out;
  if (!out.ends_with('y')) return out + "s";
  out.pop_back();
  return out + "ies";
}

void Page::heading(std::string_view text, std::string_view after) const {
  out << "\n" << painted(style, Ink::kBold, text) << after << "\n";
}

void Page::paragraph(size_t indent, Ink ink, std::string_view text) const {
  Paragraph lines(out, style, indent);
  lines.words(ink, text);
  lines.end();
}

}  // namespace bulkhead::report
