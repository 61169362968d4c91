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
  std::string out = refusal.path;
  if (refusal.line != 0) out += ":" + std::to_string(refusal.line);
  if (refusal.line != 0 && refusal.column != 0) out += ":" + std::to_string(refusal.column);
  out += ": ";
  if (!refusal.construct.empty()) out += refusal.construct + ": ";
  return out + refusal.reason;
}

void ForeignPolicy::settle(std::vector<Refusal> refused, std::string_view folder) {
  refused_ = std::move(refused);
  for (ForeignRule& rule : rules_) rule.path.insert(0, folder);
  for (Refusal& refusal : refused_) refusal.path.insert(0, folder);
  for (LostRule& lost : lost_) lost.cause.path.insert(0, folder);
}

}  // namespace bulkhead::decide
