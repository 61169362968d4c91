// SPDX-License-Identifier: Apache-2.0
// Compiling content of others: what asks for something that is not there is refused, with
// everything that builds on it, and the rest is still in force. Content that is broken is not taken
// at all.
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
// are broken.
std::vector<Module> read_modules(const Files& files, std::vector<Refusal>& refused);

// Data files by OPA's convention: data.json and data.yaml at the path of their folder, and every
// JSON and YAML file below a folder named `data` at the path of its folder in it. YAML that
// cannot be read is broken; JSON is read by the engine.
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

// A module that is not in force, and the first reason.
struct GoneModule {
  Module module;
  Refusal cause;
};

// What compile_rest() makes of the modules of some content.
struct Modules {
  std::vector<Module> in_force;
  std::vector<GoneModule> gone;
};

// Compiles, refusing modules until the rest compiles. Refused are also modules that build on what
// is not there: imports of libraries (data.lib) that never were, packages of which a file was
// refused, and rules of their own package that a refused file defines, too. Undefined or halved
// they would let things pass. Other data that nothing provides is undefined. kInvalid when
// something is broken (named in `refused`) or nothing is left, kTimeout when it takes too long to
// find out.
base::Result<policy::Program> compile_rest(Modules& modules,
                                           std::span<const policy::DataSource> data,
                                           const policy::Limits& limits,
                                           std::vector<Refusal>& refused,
                                           const HostFunctions& functions);

// Whether something broken is among them.
bool any_broken(const std::vector<Refusal>& refused);

// By path and line, each once.
void put_in_order(std::vector<Refusal>& refused);

}  // namespace bulkhead::decide
