// SPDX-License-Identifier: Apache-2.0
// Groups reasons. What ties a reason to an upgrade is the finding it stands on: rules word their
// remedies as they like, but the same package is upgraded once.
#include "report/policy_fixes.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace bulkhead::report {
namespace {

using model::Decision;
using model::Finding;
using model::Reason;

// Findings by class and package. The policy sees what ignore files took out, too.
class Findings {
 public:
  explicit Findings(const model::ScanReport& report) : report_(report) {
    for (const Finding& finding : report.findings) by_class_[finding.class_id].push_back(&finding);
    for (const auto& entry : report.ignored) {
      by_class_[entry.finding.class_id].push_back(&entry.finding);
    }
  }

  const Finding* of(const Reason& reason) const {
    auto at = by_class_.find(reason.finding);
    if (reason.finding.empty() || at == by_class_.end()) return nullptr;
    for (const Finding* finding : at->second) {
      if (report_.packages[finding->package].purl() == reason.subject) return finding;
    }
    return at->second.size() == 1 ? at->second.front() : nullptr;
  }

 private:
  const model::ScanReport& report_;
  std::map<std::string_view, std::vector<const Finding*>> by_class_;
};

// Without a finding, rules say the same of a place when they say it in the same words.
using FaultKey = std::tuple<std::string_view, std::string_view, std::string_view, std::string_view>;
FaultKey fault_key(const Reason& reason) {
  if (!reason.finding.empty()) return {reason.finding, reason.subject, {}, {}};
  return {{}, reason.subject, reason.path, reason.message};
}

// Whether it was not there yet.
bool add_rule(std::vector<std::string_view>& rules, std::string_view rule) {
  if (std::find(rules.begin(), rules.end(), rule) != rules.end()) return false;
  rules.push_back(rule);
  return true;
}

// A package that was published to do harm is not upgraded.
bool mended_by_upgrade(const Finding* finding, const ActionKey& key) {
  return finding != nullptr && finding->kind == "vuln" && key.remedy == Remedy::kUpgrade;
}

class Grouping {
 public:
  explicit Grouping(const model::ScanReport& report) : report_(report), findings_(report) {}

  std::vector<PolicyFix> run() {
    for (const Reason& reason : report_.verdict->reasons) {
      if (reason.effect != Decision::kAllow) add(reason);
    }
    for (PolicyFix& fix : fixes_) sort_rules(fix.rules);
    return std::move(fixes_);
  }

 private:
  void add(const Reason& reason) {
    const Finding* finding = findings_.of(reason);
    ActionKey key;
    if (finding != nullptr) key = action_key(report_, *finding);
    if (!mended_by_upgrade(finding, key)) key = {};
    FaultKey fault = fault_key(reason);
    // The same vulnerability in two binaries of one source package is one.
    if (!key.name.empty()) fault = {finding->id, {}, {}, {}};
    size_t fix = fix_of(reason, key, fault);
    if (!key.name.empty()) raise_target(*finding, key.type, fixes_[fix].target);
    auto [at, added] = faults_.emplace(std::pair(fix, fault), fixes_[fix].faults.size());
    if (added) fixes_[fix].faults.push_back({&reason, finding, {}});
    bool fresh = add_rule(fixes_[fix].faults[at->second].rules, reason.rule);
    if (fresh) count(fixes_[fix], reason);
  }

  // The fix of what another rule said about the same finding, of the package, of the remedy; a rule
  // without one is a fix of its own.
  size_t fix_of(const Reason& reason, const ActionKey& upgrade, const FaultKey& fault) {
    size_t next = fixes_.size();
    size_t fix = next;
    if (!upgrade.name.empty()) {
      fix = upgrades_.emplace(upgrade, next).first->second;
    } else if (auto known = places_.find(fault); known != places_.end()) {
      return known->second;
    } else {
      bool named = !reason.fix.empty();
      std::pair key(named, std::string_view(named ? reason.fix : reason.rule));
      fix = remedies_.emplace(key, next).first->second;
      if (!reason.finding.empty()) places_.emplace(fault, fix);
    }
    if (fix == next) {
      PolicyFix& made = fixes_.emplace_back();
      made.effect = reason.effect;
      made.upgrade = upgrade;
      made.remedy = reason.fix;
    }
    return fix;
  }

  static void count(PolicyFix& fix, const Reason& reason) {
    ++(reason.effect == Decision::kDeny ? fix.denials : fix.warnings);
    count_rule(fix.rules, {reason.rule, 1});
  }

  const model::ScanReport& report_;
  Findings findings_;
  std::vector<PolicyFix> fixes_;
  std::map<ActionKey, size_t> upgrades_;
  std::map<std::pair<bool, std::string_view>, size_t> remedies_;  // named by a rule, or the rule
  std::map<FaultKey, size_t> places_;                             // findings that no upgrade mends
  std::map<std::pair<size_t, FaultKey>, size_t> faults_;          // index within the fix
};

}  // namespace

void count_rule(std::vector<RuleCount>& rules, const RuleCount& more) {
  auto at = std::find_if(rules.begin(), rules.end(),
                         [&](const RuleCount& known) { return known.rule == more.rule; });
  if (at == rules.end()) at = rules.insert(at, {more.rule, 0});
  at->faults += more.faults;
}

void sort_rules(std::vector<RuleCount>& rules) {
  std::stable_sort(rules.begin(), rules.end(),
                   [](const RuleCount& a, const RuleCount& b) { return a.faults > b.faults; });
}

std::vector<PolicyFix> policy_fixes(const model::ScanReport& report) {
  return Grouping(report).run();
}

std::vector<PolicyFault> waived_faults(const model::Verdict& verdict) {
  std::vector<PolicyFault> out;
  std::map<std::pair<std::string_view, FaultKey>, size_t> known;
  for (const Reason& reason : verdict.reasons) {
    if (!reason.waiver || reason.waiver->expired) continue;
    std::pair key(std::string_view(reason.waiver->where), fault_key(reason));
    auto [at, added] = known.emplace(key, out.size());
    if (added) out.push_back({&reason, nullptr, {}});
    add_rule(out[at->second].rules, reason.rule);
  }
  return out;
}

}  // namespace bulkhead::report
