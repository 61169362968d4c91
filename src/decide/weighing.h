// SPDX-License-Identifier: Apache-2.0
// What an answer of a rule amounts to: what pack.yaml and policy.yaml say about the rule, the mode
// it has here, and the waiver or VEX statement that takes its weight away.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "decide/bundle/policy_set.h"
#include "decide/vex/closed.h"
#include "decide/waivers/covering.h"
#include "model/verdict.h"

namespace bulkhead::decide {

struct LostRule;
struct Subject;

// A rule, or a pack, that gave no answer.
struct Failure {
  std::string where, what;
  model::Decision level;  // the most that the rule could have said
  std::string rule;       // "" any of the pack
};

class Weighing {
 public:
  // All must outlive this.
  Weighing(const PolicySet& policy, const Subject& subject, base::json::Value input);

  // Adds what pack.yaml and policy.yaml say about reason.rule; false when the pack has a pack.yaml
  // that does not know the rule.
  bool describe(const ActivePack& active, model::Reason& reason) const;
  // The effect of a reason that has its level and mode: an expired waiver is shown and covers
  // nothing, VEX comes last.
  void settle(model::Reason& reason) const;
  // The mode that policy.yaml gives to this one rule.
  static std::optional<model::PolicyMode> stated_mode(const ActivePack& active,
                                                      const std::string& rule);

  // Reasons of the rule model::kPolicyError. They count for on_error, and for no more than what
  // they stand for could have amounted to.
  model::Reason failed(const ActivePack& active, const Failure& failure) const;
  model::Reason lost(const ActivePack& active, const LostRule& lost) const;
  // Of a pack that gave more than `most` reasons of this effect.
  static model::Reason overflowed(const ActivePack& active, model::Decision effect, size_t most);

  const std::vector<model::Reason>& conflicts() const { return vex_.conflicts(); }

 private:
  model::PolicyMode mode_of(const ActivePack& active, const std::string& rule) const;
  model::PolicyMode strictest_mode(const ActivePack& active, const std::string& rule) const;
  std::vector<std::string> controls_of(const std::string& rule) const;

  const PolicySet& policy_;
  model::Stage stage_;
  Covering covering_;
  ClosedByVex vex_;
};

}  // namespace bulkhead::decide
