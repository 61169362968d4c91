// SPDX-License-Identifier: Apache-2.0
// One function between the interpreter and the families of builtins.
#include "policy/host.h"

#include "policy/term.h"

namespace bulkhead::policy {

using base::Code;

namespace {

void answer(ffi::Output* output, std::string_view bytes) { ffi::bh_output(output, slice(bytes)); }

std::span<const Builtin* const> family_builtins() {
  static const auto kAll = [] {
    std::vector<const Builtin*> all;
    for (const Family* family : all_families()) {
      for (const Builtin& builtin : family->builtins) all.push_back(&builtin);
    }
    return all;
  }();
  return kAll;
}

// The one at a place of builtin_names; null behind its end.
const Builtin* builtin_at(size_t index, std::span<const Builtin> host) {
  if (index < host.size()) return &host[index];
  index -= host.size();
  return index < family_builtins().size() ? family_builtins()[index] : nullptr;
}

}  // namespace

const Builtin* find_builtin(std::string_view name, std::span<const Builtin> host) {
  for (const Builtin& builtin : host) {
    if (builtin.name == name) return &builtin;
  }
  for (const Builtin* builtin : family_builtins()) {
    if (builtin->name == name) return builtin;
  }
  return nullptr;
}

int32_t call_builtin(void* context, uint32_t index, ffi::Slice arguments, ffi::Output* output) {
  auto& calling = *static_cast<Calling*>(context);
  const Builtin* builtin = builtin_at(index, calling.host);
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
  for (const Builtin* builtin : family_builtins()) {
    names.push_back({slice(builtin->name), builtin->arity});
  }
  return names;
}

}  // namespace bulkhead::policy
