// SPDX-License-Identifier: Apache-2.0
// Templates taken apart into texts and terms.
#include "policy/rego/template.h"

#include <algorithm>

namespace bulkhead::policy::rego {
namespace {

using base::Code;
using base::Error;

// The offset of the brace that closes the one at `open`, strings between them skipped.
size_t closing_brace(std::string_view text, size_t open) {
  size_t depth = 0;
  for (size_t i = open; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '{') ++depth;
    if (c == '}' && --depth == 0) return i;
    if (c == '"' || c == '`') {
      for (++i; i < text.size() && text[i] != c; ++i) {
        if (c == '"' && text[i] == '\\') ++i;
      }
    }
  }
  return std::string_view::npos;
}

// A term without what stands around it: blanks and comments become line ends.
base::Result<std::string> term_of(std::string_view text) {
  size_t first = text.size();
  size_t last = 0;
  for (const Token& token : lex("", text).tokens) {
    if (token.kind == TokenKind::kComment) continue;
    if (token.kind == TokenKind::kTemplate) {
      return Error(Code::kUnsupported, "a template inside of another; give it a variable");
    }
    first = std::min<size_t>(first, token.offset);
    last = token.offset + token.text.size();
  }
  if (first > last) return Error(Code::kInvalid, "a template with nothing in its braces");
  const auto lines = [](std::string_view part) {
    return std::string(static_cast<size_t>(std::ranges::count(part, '\n')), '\n');
  };
  return lines(text.substr(0, first)) + std::string(text.substr(first, last - first)) +
         lines(text.substr(last));
}

}  // namespace

base::Result<std::string> template_call(const Token& token) {
  const char quote = token.text[1];
  const std::string_view inner = token.text.substr(2, token.text.size() - 3);
  std::string out = "internal.template_string([";
  std::string literal(1, quote);
  for (size_t i = 0; i < inner.size(); ++i) {
    if (inner[i] == '\\' && i + 1 < inner.size() && (inner[i + 1] == '{' || quote == '"')) {
      ++i;
      if (inner[i] != '{') literal += '\\';
      literal += inner[i];
    } else if (inner[i] == '{') {
      const size_t end = closing_brace(inner, i);
      if (end == std::string_view::npos) {
        return Error(Code::kInvalid, "a template with '{' and no '}'; write \\{ for a brace");
      }
      const std::string term = TRY(term_of(inner.substr(i + 1, end - i - 1)));
      out += literal + quote + ", {template_term__ | template_term__ := (" + term + ")}, ";
      literal = std::string(1, quote);
      i = end;
    } else {
      literal += inner[i];
    }
  }
  return out + literal + quote + "])";
}

}  // namespace bulkhead::policy::rego
