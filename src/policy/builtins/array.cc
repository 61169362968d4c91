// SPDX-License-Identifier: Apache-2.0
// array.flatten.
#include "policy/builtin.h"

namespace bulkhead::policy::builtins::array {
namespace {

// One level: elements that are arrays are replaced by their elements.
BuiltinResult flatten(Arguments arguments, CallContext&) {
  Term::Array out;
  for (const Term& item : TRY(array_argument(arguments, 0))) {
    if (const auto* nested = item.array()) {
      out.items.insert(out.items.end(), nested->begin(), nested->end());
    } else {
      out.items.push_back(item);
    }
  }
  return Term(std::move(out));
}

constexpr Builtin kBuiltins[] = {{"array.flatten", 1, flatten}};

}  // namespace

extern constinit const Family descriptor = {"array", "arrays", kBuiltins};

}  // namespace bulkhead::policy::builtins::array
