// SPDX-License-Identifier: Apache-2.0
// The interpreter's calls of our builtins.
#pragma once

#include <string_view>
#include <vector>

#include "policy/builtin.h"
#include "policy/ffi/policy_ffi.h"

namespace bulkhead::policy {

inline ffi::Slice slice(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

// Null when no family has it.
const Builtin* find_builtin(std::string_view name);
// All of them, for bh_compile.
std::vector<ffi::BuiltinName> builtin_names();
// An ffi::BuiltinCall; `context` is the CallContext of the evaluation.
int32_t call_builtin(void* context, ffi::Slice name, ffi::Slice arguments, ffi::Output* output);

}  // namespace bulkhead::policy
