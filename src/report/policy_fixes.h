// SPDX-License-Identifier: Apache-2.0
// Fixes: reasons of a verdict grouped by what a person can do about them, as actions.h does with
// findings. One fix is one package to upgrade, or else one remedy that rules name.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/scan_report.h"
#include "report/actions.h"

namespace bulkhead::report {

// One thing that is wrong, however many rules say so.
struct PolicyFault {
  const model::Reason* reason = nullptr;    // the worst one
  const model::Finding* finding = nullptr;  // that it stands on; null: not in the report
  std::vector<std::string_view> rules;      // in the order of the verdict
};

struct RuleCount {
  std::string_view rule;
  size_t faults = 0;
};

// Adds to the count of that rule.
void count_rule(std::vector<RuleCount>& rules, const RuleCount& more);
// Most faults first.
void sort_rules(std::vector<RuleCount>& rules);

struct PolicyFix {
  model::Decision effect = model::Decision::kDeny;  // the worst of its reasons
  // Of an upgrade; else the name is empty and `remedy` says what to do.
  ActionKey upgrade;
  std::string target;
  std::string_view remedy;           // "": the rules say none
  size_t denials = 0, warnings = 0;  // what each rule says of each fault, once
  std::vector<RuleCount> rules;      // most faults first
  std::vector<PolicyFault> faults;   // worst first; each vulnerability of an upgrade once

  bool is_upgrade() const { return !upgrade.name.empty(); }
};

// Reasons that deny or warn; those that waivers cover are left out. Worst first. Reasons on one
// finding stand under one fix. The verdict is that of the report.
std::vector<PolicyFix> policy_fixes(const model::ScanReport& report);

// Reasons that a waiver covers, one fault for each thing that is waived.
std::vector<PolicyFault> waived_faults(const model::Verdict& verdict);

}  // namespace bulkhead::report
