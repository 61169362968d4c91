// SPDX-License-Identifier: Apache-2.0
// Words for a judgement that asked nothing.
#include "decide/asked.h"

#include <vector>

#include "base/counted.h"
#include "base/text.h"
#include "model/nothing_judged.h"

namespace bulkhead::decide {
namespace {

constexpr size_t kMaxFacts = 8;  // named

std::string facts_text(const std::set<std::string>& facts) {
  std::vector<std::string> names;
  for (const std::string& fact : facts) {
    if (names.size() == kMaxFacts) {
      names.push_back(std::to_string(facts.size() - kMaxFacts) + " more");
      break;
    }
    names.push_back(base::printable(fact, 60));
  }
  return base::join(names, ", ");
}

std::string why(const Asked& asked, model::Stage stage) {
  std::vector<std::string> parts;
  if (asked.inactive != 0) {
    std::string facts = asked.facts.empty() ? "" : ": need facts " + facts_text(asked.facts);
    parts.push_back(std::to_string(asked.inactive) + " inactive" + facts);
  }
  if (asked.other_stage != 0) {
    parts.push_back(base::counted(asked.other_stage, "pack") + " not for the stage " +
                    std::string(model::stage_name(stage)));
  }
  if (asked.out_of_scope != 0) {
    parts.push_back(base::counted(asked.out_of_scope, "pack") + " with another scope");
  }
  return parts.empty() ? "the policy has no rule" : base::join(parts, "; ");
}

}  // namespace

model::Reason nothing_judged_reason(const Asked& asked, model::Stage stage,
                                    model::Decision amounts_to) {
  model::Reason reason;
  reason.rule = model::kNothingJudged;
  reason.pack = "policy";  // of none in particular
  reason.title = "No rule could be asked";
  reason.message = "no rule could be asked (" + why(asked, stage) + ")";
  reason.why = "What nobody looked at must not pass for what was found in order.";
  reason.fix =
      "Judge where the facts are known, or bring them; on_nothing_judged in policy.yaml says what "
      "it amounts to that nothing was judged.";
  reason.severity = model::Severity::kMedium;
  reason.level = amounts_to == model::Decision::kAllow ? model::Decision::kWarn : amounts_to;
  reason.effect = amounts_to;
  if (amounts_to == model::Decision::kAllow) reason.mode = model::PolicyMode::kObserve;
  return reason;
}

}  // namespace bulkhead::decide
