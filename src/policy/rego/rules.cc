// SPDX-License-Identifier: Apache-2.0
// A rule starts with the first name of a line outside of brackets, unless the line before goes on
// there. Keywords start one only as the first part of a reference (`as.x := 1`).
#include "policy/rego/rules.h"

#include <algorithm>
#include <array>

namespace bulkhead::policy::rego {
namespace {

bool leads_reference(const Outline& outline, size_t i) {
  const Token& after = outline.at(i + 1);
  return (after.is(".") || after.is("[")) && !after.after_space;
}

bool continues(const Outline& outline, size_t i) {
  const Token& token = outline.at(i);
  if (token.kind == TokenKind::kSymbol) {
    return !token.is(")") && !token.is("]") && !token.is("}");
  }
  static constexpr std::array<std::string_view, 14> kWords = {
      "and", "or",      "not",    "with", "as",       "in",      "some",
      "if",  "package", "import", "else", "contains", "default", "every"};
  const bool part = i > 0 && outline.at(i - 1).is(".");
  return !part && std::ranges::any_of(kWords, [&](std::string_view w) { return token.is(w); });
}

bool starts_statement(const Outline& outline, size_t i) {
  const Token& token = outline.at(i);
  if (token.kind != TokenKind::kName || outline.enclosing(i) != Outline::kNone) return false;
  if (!outline.first_on_line(i) || (i > 0 && continues(outline, i - 1))) return false;
  static constexpr std::array<std::string_view, 7> kGoOn = {"else", "if", "contains", "with",
                                                            "as",   "in", "and"};
  const bool goes_on = token.is("or") || std::ranges::any_of(kGoOn, [&](std::string_view word) {
                         return token.is(word);
                       });
  return !goes_on || leads_reference(outline, i);
}

RuleTokens rule_at(const Outline& outline, size_t first, size_t end) {
  RuleTokens rule;
  rule.first = rule.head = first;
  rule.end = end;
  if (outline.at(first).is("default") && !leads_reference(outline, first)) ++rule.head;
  rule.path = ground_path(outline, rule.head);
  bool body = false;
  for (size_t k = rule.path.end; k < end; ++k) {
    if (outline.enclosing(k) != Outline::kNone) continue;
    const Token& token = outline.at(k);
    if (token.is("else") && !outline.at(k - 1).is(".")) rule.others.push_back(k);
    if (token.is("{") && body && outline.at(k - 1).is("}")) rule.others.push_back(k);
    body = body || token.is("{");
  }
  return rule;
}

}  // namespace

GroundPath ground_path(const Outline& outline, size_t first) {
  GroundPath out;
  out.names.emplace_back(outline.at(first).text);
  size_t k = first + 1;
  while (!outline.at(k).after_space) {
    const Token& key = outline.at(k + 1);
    const bool text = key.kind == TokenKind::kString || key.kind == TokenKind::kRawString;
    if (outline.at(k).is(".") && key.kind == TokenKind::kName && !key.after_space) {
      out.names.emplace_back(key.text);
      k += 2;
    } else if (outline.at(k).is("[") && text && outline.at(k + 2).is("]")) {
      out.names.push_back(string_value(key));
      k += 3;
    } else {
      break;
    }
  }
  out.end = k;
  return out;
}

Module::Module(std::span<const Token> all) : Outline(all) {
  std::vector<size_t> starts;
  for (size_t i = 0; i < size(); ++i) {
    if (!starts_statement(*this, i)) continue;
    if (at(i).is("package") && !leads_reference(*this, i)) {
      package = ground_path(*this, i + 1).names;
      package_at = i;
    } else if (at(i).is("import") && !leads_reference(*this, i)) {
      imports.push_back(i);
    } else {
      starts.push_back(i);
    }
  }
  for (size_t k = 0; k < starts.size(); ++k) {
    const size_t end = k + 1 < starts.size() ? starts[k + 1] : size();
    rules.push_back(rule_at(*this, starts[k], end));
  }
}

}  // namespace bulkhead::policy::rego
