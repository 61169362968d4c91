// SPDX-License-Identifier: Apache-2.0
// What adaptors share: looking one up, and where its content stands.
#include "decide/foreign.h"

#include <algorithm>

namespace bulkhead::decide {

const Adaptor* find_adaptor(std::string_view name) {
  auto all = all_adaptors();
  auto found = std::find_if(all.begin(), all.end(),
                            [&](const Adaptor* adaptor) { return adaptor->name == name; });
  return found == all.end() ? nullptr : *found;
}

std::string to_string(const Refusal& refusal) {
  std::string line = refusal.line == 0 ? "" : ":" + std::to_string(refusal.line);
  return refusal.path + line + ": " + refusal.construct + ": " + refusal.reason;
}

void ForeignPolicy::stand_below(std::string_view folder) {
  for (ForeignRule& rule : rules_) rule.path.insert(0, folder);
  for (Refusal& refusal : refused_) refusal.path.insert(0, folder);
}

}  // namespace bulkhead::decide
