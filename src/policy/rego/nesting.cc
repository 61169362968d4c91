// SPDX-License-Identifier: Apache-2.0
// Counting brackets and operators. An expression ends at a comma, a semicolon, a colon or its
// closing bracket, and at a line end unless an operator stands on either side of it. Words that
// join expressions (with, as, in, else, not) count as operators: the trees they make are chains
// too.
#include "policy/rego/nesting.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace bulkhead::policy::rego {
namespace {

bool joins_terms(const Token& token) {
  static constexpr std::array<std::string_view, 22> kOperators = {
      "+",  "-",  "*",  "/",  "%",  "&",   "|",    ".",  "=",  "<",    ">",
      "==", "!=", "<=", ">=", ":=", "not", "with", "as", "in", "else", "some"};
  return std::ranges::any_of(kOperators, [&](std::string_view op) { return token.is(op); });
}

bool ends_expression(const Token& token) { return token.is(",") || token.is(";") || token.is(":"); }

}  // namespace

std::optional<Problem> check_nesting(std::string_view path, std::span<const Token> tokens,
                                     uint32_t max_depth) {
  const auto problem = [&](const Token& token, std::string message) {
    return Problem{std::string(path), token.line, token.column, std::move(message)};
  };
  std::vector<uint32_t> chains = {0};  // of each open bracket
  const Token* before = nullptr;
  for (const Token& token : tokens) {
    if (token.kind == TokenKind::kComment) continue;
    const bool opens = token.is("(") || token.is("[") || token.is("{");
    const bool closes = token.is(")") || token.is("]") || token.is("}");
    const bool joins = joins_terms(token) || opens;
    if (before && before->last_line() != token.line && !joins && !joins_terms(*before)) {
      chains.back() = 0;
    }
    before = &token;
    if (closes) {
      if (chains.size() > 1) chains.pop_back();
    } else if (ends_expression(token)) {
      chains.back() = 0;
    } else if (joins) {
      if (++chains.back() > kMaxChain) {
        return problem(token, "more than " + std::to_string(kMaxChain) +
                                  " operators in one expression; split it up");
      }
      if (!opens) continue;
      if (chains.size() > max_depth) {
        return problem(token, "nested more than " + std::to_string(max_depth) + " levels deep");
      }
      chains.push_back(0);
    }
  }
  return std::nullopt;
}

}  // namespace bulkhead::policy::rego
