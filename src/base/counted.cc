// SPDX-License-Identifier: Apache-2.0
// Regular English plurals; messages use no others.
#include "base/counted.h"

namespace bulkhead::base {

std::string counted(uint64_t count, std::string_view noun) {
  std::string out = std::to_string(count) + " " + std::string(noun);
  if (count == 1) return out;
  bool consonant = noun.size() > 1 &&
                   std::string_view("aeiou").find(noun[noun.size() - 2]) == std::string_view::npos;
  if (!noun.ends_with('y') || !consonant) return out + "s";
  out.pop_back();
  return out + "ies";
}

}  // namespace bulkhead::base
