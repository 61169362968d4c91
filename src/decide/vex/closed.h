// SPDX-License-Identifier: Apache-2.0
// Which findings the VEX documents of a policy close (`vex` of policy.yaml, docs/formats/vex.md).
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "decide/bundle/policy_set.h"
#include "model/verdict.h"

namespace bulkhead::decide {

class ClosedByVex {
 public:
  // Findings are taken from the policy's document, so that a kept decision replays alike.
  ClosedByVex(const PolicySet& policy, const base::json::Value& input);
  // The statement behind it when every finding that the reason stands on is closed.
  std::optional<model::UsedWaiver> find(const model::Reason& reason) const;
  // For each finding that stays open because statements disagree, which ones: reasons of the rule
  // "vex-conflict" that decide nothing, in the order of the findings.
  const std::vector<model::Reason>& conflicts() const { return conflicts_; }

 private:
  using Place = std::pair<std::string, std::string>;  // class id and purl
  std::multimap<Place, model::UsedWaiver> closed_;
  std::set<Place> open_;
  std::vector<model::Reason> conflicts_;
};

}  // namespace bulkhead::decide
