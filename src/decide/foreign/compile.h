// SPDX-License-Identifier: Apache-2.0
// Compiling content of others: what does not compile is refused, with everything that builds on it,
// and the rest is still in force.
#pragma once

#include <span>
#include <vector>

#include "base/result.h"
#include "decide/foreign.h"
#include "decide/foreign/module.h"
#include "policy/builtin.h"
#include "policy/engine.h"

namespace bulkhead::decide {

// Modules of the content (no tests), read and with their dialect; those whose text has no package
// are refused.
std::vector<Module> read_modules(const Files& files, std::vector<Refusal>& refused);

// Data files by OPA's convention: data.json and data.yaml at the path of their folder, and every
// JSON and YAML file below a folder named `data` at the path of its folder in it. Refused when it
// cannot be read.
std::vector<policy::DataSource> read_data(const Files& files, std::vector<Refusal>& refused);

struct MissingFunction {
  std::string_view name;
  std::string_view reason;
};

// What the content's own program gives to its rules.
struct HostFunctions {
  std::span<const MissingFunction> missing;  // do not exist here: who calls them is refused
  std::span<const policy::Builtin> given = {};
};

// Compiles, refusing modules until the rest compiles. Refused are also modules that build on what
// is not there (never was, or was refused): imports, packages, and rules of their own package that
// a refused file defines, too. Undefined or halved they would let things pass. `modules` keeps
// those in force. kInvalid when nothing is left, kTimeout when it takes too long to find out.
base::Result<policy::Program> compile_rest(std::vector<Module>& modules,
                                           std::span<const policy::DataSource> data,
                                           const policy::Limits& limits,
                                           std::vector<Refusal>& refused,
                                           const HostFunctions& functions);

// By path and line, each once.
void put_in_order(std::vector<Refusal>& refused);

}  // namespace bulkhead::decide
