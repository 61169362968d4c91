// SPDX-License-Identifier: Apache-2.0
// Calls of builtins with any arguments: the first line names the builtin, the rest is a JSON array.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/text.h"
#include "policy/host.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bulkhead;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto parts = base::cut(text, "\n");
  if (!parts) return 0;
  const policy::Builtin* builtin = policy::find_builtin(parts->first, {});
  const auto arguments = policy::term_from_json(parts->second);
  if (!builtin || !arguments || !arguments->array()) return 0;
  if (arguments->array()->size() != builtin->arity) return 0;
  policy::CallContext context{1'700'000'000'000'000'000, 1, 0, {}};
  const auto result = builtin->call(*arguments->array(), context);
  if (!result) return 0;
  const auto again = policy::decode(base::as_bytes(policy::encode(*result)));
  CHECK(again.has_value() && *again == *result);
  return 0;
}
