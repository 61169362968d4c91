// SPDX-License-Identifier: Apache-2.0
// One function between the interpreter and the families of builtins.
#include "policy/host.h"

#include "policy/term.h"

namespace bulkhead::policy {

using base::Code;

namespace {

void answer(ffi::Output* output, std::string_view bytes) { ffi::bh_output(output, slice(bytes)); }

}  // namespace

const Builtin* find_builtin(std::string_view name, std::span<const Builtin> host) {
  for (const Builtin& builtin : host) {
    if (builtin.name == name) return &builtin;
  }
  for (const Family* family : all_families()) {
    for (const Builtin& builtin : family->builtins) {
      if (builtin.name == name) return &builtin;
    }
  }
  return nullptr;
}

int32_t call_builtin(void* context, ffi::Slice name, ffi::Slice arguments, ffi::Output* output) {
  const std::string_view text(reinterpret_cast<const char*>(name.data), name.size);
  auto& calling = *static_cast<Calling*>(context);
  const Builtin* builtin = find_builtin(text, calling.host);
  const auto packed = decode({reinterpret_cast<const std::byte*>(arguments.data), arguments.size});
  const auto* given = packed ? packed->array() : nullptr;
  if (!builtin || !given || given->size() != builtin->arity) {
    answer(output, "is not callable like this");
    return ffi::kAnswerHalt;
  }
  const BuiltinResult result = builtin->call(*given, calling.context);
  if (result) {
    answer(output, encode(*result));
    return ffi::kAnswerValue;
  }
  answer(output, result.error().message());
  switch (result.error().code()) {
    case Code::kInvalid: return ffi::kAnswerError;
    case Code::kLimit: return ffi::kAnswerLimit;
    default: return ffi::kAnswerHalt;
  }
}

std::vector<ffi::BuiltinName> builtin_names(std::span<const Builtin> host) {
  std::vector<ffi::BuiltinName> names;
  for (const Builtin& builtin : host) names.push_back({slice(builtin.name), builtin.arity});
  for (const Family* family : all_families()) {
    for (const Builtin& builtin : family->builtins) {
      names.push_back({slice(builtin.name), builtin.arity});
    }
  }
  return names;
}

}  // namespace bulkhead::policy
