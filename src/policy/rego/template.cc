// SPDX-License-Identifier: Apache-2.0
// Templates taken apart into texts and terms.
#include "policy/rego/template.h"

#include <algorithm>

#include "policy/rego/quoted.h"

namespace bulkhead::policy::rego {
namespace {

using base::Code;
using base::Error;

base::Result<std::string> call(std::string_view text, unsigned depth);

// A term without what stands around it (blanks and comments become line ends), its own templates
// taken apart.
base::Result<std::string> term_of(std::string_view text, unsigned depth) {
  const auto lines = [](std::string_view part) {
    return std::string(static_cast<size_t>(std::ranges::count(part, '\n')), '\n');
  };
  std::string out;
  size_t done = 0;
  bool with = false;
  for (const Token& token : lex("", text).tokens) {
    if (token.kind == TokenKind::kComment) continue;
    const std::string_view between = text.substr(done, token.offset - done);
    out += between.find('#') == std::string_view::npos ? std::string(between) : lines(between);
    out += token.kind == TokenKind::kTemplate ? TRY(call(token.text, depth + 1))
                                              : std::string(token.text);
    done = token.offset + token.text.size();
    with = with || token.is("with");
  }
  if (done == 0) return Error(Code::kInvalid, "a template with nothing in its braces");
  out += lines(text.substr(done));
  // Parentheses keep operators together; a `with` may stand only outside of them.
  return with ? out : "(" + out + ")";
}

base::Result<std::string> call(std::string_view text, unsigned depth) {
  if (depth > kMaxTemplateDepth) return Error(Code::kLimit, "templates nested too deeply");
  const char quote = text[1];
  const std::string_view inner = text.substr(2, text.size() - 3);
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
      const std::string term = TRY(term_of(inner.substr(i + 1, end - i - 1), depth));
      const std::string name = "template_" + std::to_string(depth) + "__";
      out += literal + quote + ", {" + name + " | " + name + " := " + term + "}, ";
      literal = std::string(1, quote);
      i = end;
    } else {
      literal += inner[i];
    }
  }
  return out + literal + quote + "])";
}

}  // namespace

base::Result<std::string> template_call(const Token& token) { return call(token.text, 0); }

}  // namespace bulkhead::policy::rego
