// SPDX-License-Identifier: Apache-2.0
// Modules as the interpreter reads them: one rewrite after the other.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "policy/rego/rewrite.h"

namespace bulkhead::policy::rego {

struct ModuleText {
  std::string_view path, text;
  bool v1 = true;
};

// A text that comes from a module, or what is wrong with the module.
struct Prepared {
  static constexpr size_t kOurs = SIZE_MAX;
  size_t module = 0;  // index of where it comes from; kOurs when no module says it
  Rewritten rewritten;
};

// The texts of all modules of a program, in their order, then our own; a module may become several.
// Brackets nest at most max_depth deep, before and after; what is put in for annotations is at most
// max_bytes long. `arity` knows the builtins that are added to the interpreter, `interpreters` its
// own.
std::vector<Prepared> prepare(std::span<const ModuleText> modules, const Arity& arity,
                              uint32_t max_depth, size_t max_bytes, const Arity& interpreters = {});

}  // namespace bulkhead::policy::rego
