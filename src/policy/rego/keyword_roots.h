// SPDX-License-Identifier: Apache-2.0
// Rules whose path starts with a keyword (`if.x := 1`, `default contains.f(_) := 2`). The
// interpreter takes a keyword in a path for a key, but not at its start. So such rules become rules
// of a package inside of their own, in a module beside it:
//   package p                 package p          package p["if"]
//   if.x := y                             and    x := data.p.y
//   y := if.x                 y := data.p["if"].x
// All texts keep the lines of the module that they come from.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "policy/problem.h"
#include "policy/rego/edits.h"
#include "policy/rego/rules.h"

namespace bulkhead::policy::rego {

// Changes that make one text of a module. What they cover, no other change touches.
using TextEdits = std::vector<Edit>;

class KeywordRoots {
 public:
  // Gathers the rules of a module.
  void add(const Module& module);

  // The texts a module becomes: one without changes where its package has no such rules.
  std::vector<TextEdits> split(std::string_view path, std::string_view text, const Module& module,
                               bool v1, std::vector<Problem>& problems) const;

 private:
  friend class ModuleSplitter;
  struct Package {
    std::set<std::string> roots;  // keywords that rules start with
    std::set<std::string> rules;  // first names of all other rules
  };
  std::map<std::vector<std::string>, Package> packages_;
};

}  // namespace bulkhead::policy::rego
