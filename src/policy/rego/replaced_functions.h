// SPDX-License-Identifier: Apache-2.0
// `with data.p.f as mock`: the interpreter replaces a function where it is called by its whole path
// or through an import, but not where its own package calls it by its name. So such calls get the
// path:
//   f(x)                       data.p.f(x)
//   with f as mock             with data.p.f as mock
// in package p, where a rule that is no function gets it behind `with` only, since the interpreter
// takes a bare name there for one below data. What no `with` names stays what it is.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "policy/rego/edits.h"
#include "policy/rego/rules.h"

namespace bulkhead::policy::rego {

class ReplacedFunctions {
 public:
  // Collects what a module defines, and what its `with` replaces.
  void add(const Module& module);
  // The changes to a module; of all modules after all of them were added.
  std::vector<Edit> edits(const Module& module) const;

 private:
  using Paths = std::set<std::vector<std::string>>;  // below data

  Paths rules_;      // by their first name, functions too
  Paths functions_;  // those that a name alone calls
  Paths found_;      // what is replaced
};

}  // namespace bulkhead::policy::rego
