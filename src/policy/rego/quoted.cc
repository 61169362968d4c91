// SPDX-License-Identifier: Apache-2.0
// Scanning of quoted parts. Templates nest through their terms, so the two functions call each
// other up to a fixed depth.
#include "policy/rego/quoted.h"

namespace bulkhead::policy::rego {

size_t quoted_end(std::string_view text, size_t open, bool is_template, unsigned depth) {
  const char quote = text[open];
  for (size_t i = open + 1; i < text.size(); ++i) {
    const char c = text[i];
    if (c == quote) return i + 1;
    if (c == '\n' && quote == '"') return std::string_view::npos;
    if (c == '\\' && (quote == '"' || (is_template && text.substr(i + 1, 1) == "{"))) {
      ++i;
    } else if (c == '{' && is_template) {
      i = closing_brace(text, i, depth + 1);
      if (i == std::string_view::npos) return i;
    }
  }
  return std::string_view::npos;
}

size_t closing_brace(std::string_view text, size_t open, unsigned depth) {
  if (depth > kMaxTemplateDepth) return std::string_view::npos;
  size_t braces = 0;
  for (size_t i = open; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '{') ++braces;
    if (c == '}' && --braces == 0) return i;
    if (c == '"' || c == '`') {
      const bool is_template = text[i - 1] == '$';
      const size_t end = quoted_end(text, i, is_template, depth);
      if (end == std::string_view::npos) return end;
      i = end - 1;
    }
  }
  return std::string_view::npos;
}

}  // namespace bulkhead::policy::rego
