// SPDX-License-Identifier: Apache-2.0
// The tokens of a module without comments, with their brackets matched: the ground of everything
// that reads Rego without a tree.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "policy/rego/lexer.h"

namespace bulkhead::policy::rego {

class Outline {
 public:
  static constexpr size_t kNone = SIZE_MAX;

  explicit Outline(std::span<const Token> all);

  size_t size() const { return tokens_.size(); }
  const std::vector<Token>& tokens() const { return tokens_; }
  // An empty symbol behind the last token.
  const Token& at(size_t i) const;
  bool first_on_line(size_t i) const { return i == 0 || at(i - 1).last_line() != at(i).line; }
  // The offset behind a token.
  size_t end_of(size_t i) const { return at(i).offset + at(i).text.size(); }
  // Of an opening bracket its closing one, of a closing bracket its opening one; else kNone.
  size_t partner(size_t i) const { return i < size() ? partner_[i] : kNone; }
  // The opening bracket that a token stands in; brackets stand outside of themselves.
  size_t enclosing(size_t i) const { return i < size() ? enclosing_[i] : kNone; }
  bool inside_braces(size_t i) const { return enclosing(i) != kNone && at(enclosing(i)).is("{"); }

 private:
  std::vector<Token> tokens_;
  std::vector<size_t> partner_;
  std::vector<size_t> enclosing_;
};

}  // namespace bulkhead::policy::rego
