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

// Refuses every module that calls one of the functions of its own program that do not exist here.
struct MissingFunction {
  std::string_view name;
  std::string_view reason;
};
void refuse_calls(std::span<const MissingFunction> functions, std::vector<Module>& modules,
                  std::vector<Refusal>& refused);

// Compiles, refusing modules until the rest compiles. Modules that import what is not there (never
// was, or was refused) are refused: an undefined import would let everything pass. `modules` keeps
// those in force, `host` are functions that the content's own program gives to rules. kInvalid when
// nothing is left.
base::Result<policy::Program> compile_rest(std::vector<Module>& modules,
                                           std::span<const policy::DataSource> data,
                                           const policy::Limits& limits,
                                           std::vector<Refusal>& refused,
                                           std::span<const policy::Builtin> host = {});

// By path and line, each once.
void put_in_order(std::vector<Refusal>& refused);

}  // namespace bulkhead::decide
