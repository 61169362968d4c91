// SPDX-License-Identifier: Apache-2.0
// The interpreter's calls of our builtins.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "policy/builtin.h"
#include "policy/ffi/policy_ffi.h"

namespace bulkhead::policy {

inline ffi::Slice slice(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

// What the calls of one evaluation go by.
struct Calling {
  CallContext context;
  std::span<const Builtin> host;  // functions of the program, before those of the families
};

// Null when neither the program nor a family has it.
const Builtin* find_builtin(std::string_view name, std::span<const Builtin> host);
// All of them, for bh_compile; calls name them by their place here.
std::vector<ffi::BuiltinName> builtin_names(std::span<const Builtin> host);
// An ffi::BuiltinCall; `context` is a Calling.
int32_t call_builtin(void* context, uint32_t index, ffi::Slice arguments, ffi::Output* output);

}  // namespace bulkhead::policy
