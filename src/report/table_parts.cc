// SPDX-License-Identifier: Apache-2.0
// What all parts of the table use.
#include "report/table_parts.h"

#include "base/text.h"

namespace bulkhead::report {

std::string clean(std::string_view text) {
  constexpr size_t kBearable = 200;
  return base::printable(text, kBearable);
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
