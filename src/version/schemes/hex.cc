// SPDX-License-Identifier: Apache-2.0
// Hex packages (Elixir, Erlang): Elixir's Version module, which is Semantic Versioning 2.0.0
// without any leniency.
#include "version/scheme.h"
#include "version/semver_parts.h"

namespace bulkhead::version::schemes::hex {
namespace {

bool valid(std::string_view version) { return valid_semver(version); }

}  // namespace

extern constinit const Scheme descriptor = {
    .name = "hex",
    .summary = "Hex packages of Elixir and Erlang (Elixir Version)",
    .valid = valid,
    .compare = compare_semver,
};

}  // namespace bulkhead::version::schemes::hex
