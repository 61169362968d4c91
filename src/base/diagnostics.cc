// SPDX-License-Identifier: Apache-2.0
// A bounded list of what was skipped.
#include "base/diagnostics.h"

#include "base/text.h"

namespace bulkhead::base {

std::string_view impact_name(Impact impact) {
  switch (impact) {
    case Impact::kNote: return "note";
    case Impact::kDegraded: return "degraded";
    case Impact::kIncomplete: return "incomplete";
  }
  return "unknown";
}

void Diagnostics::add(Impact impact, std::string_view kind, std::string_view where,
                      std::string_view message) {
  if (impact == Impact::kIncomplete) incomplete_ = true;
  std::string key(kind);
  if (++counts_[key] > kMaxPerKind) {
    ++dropped_[key];
    return;
  }
  all_.push_back({impact, std::move(key), printable(where, 512), printable(message, 1024)});
}

void Diagnostics::merge(const Diagnostics& other) {
  for (const Diagnostic& d : other.all_) add(d.impact, d.kind, d.where, d.message);
  for (const auto& [kind, count] : other.dropped_) {
    counts_[kind] += count;
    dropped_[kind] += count;
  }
  incomplete_ |= other.incomplete_;
}

}  // namespace bulkhead::base
