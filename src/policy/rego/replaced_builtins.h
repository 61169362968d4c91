// SPDX-License-Identifier: Apache-2.0
// `with http.send as mock`: the interpreter lets `with` replace functions of modules and builtins
// of its own, but none that are added to it. Such a builtin becomes a function of a module:
//   http.send(x)               data.bulkhead_builtins.call_http_send(x)
//   with http.send as mock     with data.bulkhead_builtins.call_http_send as mock
// in all modules, and one more module has call_http_send(a1) := http.send(a1). What no `with` names
// stays what it is.
//
// Nor can a builtin of the interpreter's own stand in the place of a function of a module:
//   with data.p.f as count     with data.p.f as data.bulkhead_builtins.call_count
// unless something of the modules has its name.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "policy/rego/edits.h"
#include "policy/rego/rewrite.h"
#include "policy/rego/rules.h"

namespace bulkhead::policy::rego {

inline constexpr std::string_view kBuiltinsPackage = "bulkhead_builtins";

class ReplacedBuiltins {
 public:
  // Collects what the `with` of a module replaces, or puts in another's place.
  void add(const Module& module, const Arity& arity, const Arity& interpreters);
  bool empty() const { return found_.empty() && replacements_.empty(); }
  // The changes to a module; of all modules after all of them were added.
  std::vector<Edit> edits(const Outline& outline) const;
  // The text of the module that has the functions.
  std::string module_text() const;

 private:
  using Counts = std::map<std::string, size_t, std::less<>>;

  void add_replacement(const Outline& outline, size_t i, const std::string& name, size_t end,
                       const Arity& interpreters);

  Counts found_;         // number of arguments by name
  Counts replacements_;  // the same of the interpreter's own, which only stand behind `as`
  std::set<std::string, std::less<>> taken_;  // names that mean something of a module somewhere
};

}  // namespace bulkhead::policy::rego
