// SPDX-License-Identifier: Apache-2.0
// Which waiver covers a reason of a verdict.
//
// A waiver names a rule (HYG001), a finding's class id, or an advisory. One that names an advisory
// covers a reason only if it covers every finding that the reason stands on: a waiver for one path
// leaves the reason standing when the same vulnerability lies elsewhere too.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "decide/bundle/policy_set.h"
#include "model/verdict.h"

namespace bulkhead::decide {

struct Subject;

class Covering {
 public:
  // Findings are taken from the policy's document, so that a kept decision replays alike.
  Covering(const PolicySet& policy, const Subject& subject, const base::json::Value& input);
  // The waiver that holds; else one that would but has expired; else none.
  std::optional<model::UsedWaiver> find(const model::Reason& reason) const;

 private:
  bool covers_reason(const Waiver& waiver, const model::Reason& reason) const;
  bool covers_findings(const Waiver& waiver, const model::Reason& reason) const;

  std::vector<const Waiver*> waivers_;
  base::UnixTime now_;
  std::multimap<std::string_view, WaivableFinding> findings_;  // by class id
};

}  // namespace bulkhead::decide
