// SPDX-License-Identifier: Apache-2.0
// Functions that Trivy gives to its checks beside OPA's: result.new, isManaged, sh.parse_commands,
// cidr.is_public, cidr.count_addresses.
#pragma once

#include <span>

#include "policy/builtin.h"

namespace bulkhead::decide {

std::span<const policy::Builtin> trivy_builtins();

}  // namespace bulkhead::decide
