// SPDX-License-Identifier: Apache-2.0
// Where the package, the imports and the rules of a module stand, by tokens.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "policy/rego/outline.h"

namespace bulkhead::policy::rego {

// A reference up to its first key that is no text: a.b["c"][x] is a, b, c.
struct GroundPath {
  std::vector<std::string> names;
  size_t end = 0;  // the token behind it
};

GroundPath ground_path(const Outline& outline, size_t first);

struct RuleTokens {
  size_t first = 0, end = 0;  // [first, end)
  size_t head = 0;            // its first name; behind `default`
  GroundPath path;            // of its head
  // Where other bodies of the rule start: `else`, or the second bracket of p { a } { b }.
  std::vector<size_t> others;
};

// The outline of a whole module, and its parts by their first tokens.
struct Module : Outline {
  explicit Module(std::span<const Token> all);

  std::vector<std::string> package;
  size_t package_at = 0;
  std::vector<size_t> imports;
  std::vector<RuleTokens> rules;
};

}  // namespace bulkhead::policy::rego
