// SPDX-License-Identifier: Apache-2.0
// `and` and `or` between the expressions of a body, where a module imports these words
// (https://www.openpolicyagent.org/docs/policy-reference/keywords/logical):
//   a or b     set() == {true | set() == {true | a}; set() == {true | b}}
//   a and b    set() != {true | set() != {true | a}; set() != {true | b}}
// An operand is one expression, or a body in braces; its variables stay in it. The second is only
// evaluated when the first leaves the outcome open.
#pragma once

#include <string_view>
#include <vector>

#include "policy/problem.h"
#include "policy/rego/edits.h"
#include "policy/rego/outline.h"

namespace bulkhead::policy::rego {

// Words that a module has to ask for.
struct AskedWords {
  bool and_word = false;
  bool or_word = false;
  bool not_bodies = false;  // not { a; b }, not (a or b)
};

AskedWords asked_words(const Outline& outline);

// The changes that take all such expressions apart; problems for what OPA refuses, too.
std::vector<Edit> logic_edits(std::string_view path, const Outline& outline,
                              std::vector<Problem>& problems);

}  // namespace bulkhead::policy::rego
