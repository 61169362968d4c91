// SPDX-License-Identifier: Apache-2.0
// Rewrites of syntax that OPA reads and the interpreter does not, before it parses a module:
//   f("x")                       a function fact without a body gets its value true
//   x := y <line end> (z)        the bracket starts a statement, not a call
//   alias.rule                   is written out as data.package.rule
//   $"text {term}"               templates become calls of internal.template_string
//   net.cidr_merge(xs, out)      builtins of ours give their result as a value
//   [p, v] := walk(x)            walk gets its result argument
//   not { a; b }                 where imported: a comprehension that must be empty
//   .5                           numbers get their leading zero
//   -input.n                     a sign before a name becomes a factor
//   import input                 says nothing and is left out
// Lines stay where they are; columns are mapped back for errors.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policy/problem.h"
#include "policy/rego/edits.h"
#include "policy/rego/lexer.h"

namespace bulkhead::policy::rego {

struct Rewritten {
  std::string text;
  PlaceMap places;
  std::vector<Problem> problems;  // syntax that stays unsupported, or is broken
};

// Number of arguments of a builtin of ours; nullopt for every other name.
using Arity = std::function<std::optional<size_t>(std::string_view name)>;

Rewritten rewrite(std::string_view path, std::string_view text, std::span<const Token> tokens,
                  bool v1, const Arity& arity);

}  // namespace bulkhead::policy::rego
