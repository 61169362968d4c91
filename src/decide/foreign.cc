// SPDX-License-Identifier: Apache-2.0
// Looks adaptors up by name.
#include "decide/foreign.h"

#include <algorithm>

namespace bulkhead::decide {

const Adaptor* find_adaptor(std::string_view name) {
  auto all = all_adaptors();
  auto found = std::find_if(all.begin(), all.end(),
                            [&](const Adaptor* adaptor) { return adaptor->name == name; });
  return found == all.end() ? nullptr : *found;
}

}  // namespace bulkhead::decide
