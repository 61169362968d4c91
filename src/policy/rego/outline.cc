// SPDX-License-Identifier: Apache-2.0
// Matching of brackets, in one pass.
#include "policy/rego/outline.h"

namespace bulkhead::policy::rego {

Outline::Outline(std::span<const Token> all) {
  for (const Token& token : all) {
    if (token.kind != TokenKind::kComment) tokens_.push_back(token);
  }
  partner_.assign(size(), kNone);
  enclosing_.assign(size(), kNone);
  std::vector<size_t> open;
  for (size_t i = 0; i < size(); ++i) {
    const Token& token = tokens_[i];
    const bool closes = token.is(")") || token.is("]") || token.is("}");
    if (closes && !open.empty()) {
      partner_[open.back()] = i;
      partner_[i] = open.back();
      open.pop_back();
    }
    enclosing_[i] = open.empty() ? kNone : open.back();
    if (token.is("(") || token.is("[") || token.is("{")) open.push_back(i);
  }
}

const Token& Outline::at(size_t i) const {
  static const Token kEnd;
  return i < tokens_.size() ? tokens_[i] : kEnd;
}

}  // namespace bulkhead::policy::rego
