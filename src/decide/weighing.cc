// SPDX-License-Identifier: Apache-2.0
// Modes, waivers and the words of errors.
#include "decide/weighing.h"

#include <algorithm>
#include <string_view>

#include "base/text.h"
#include "decide/foreign.h"
#include "decide/judge.h"
#include "model/policy_error.h"

namespace bulkhead::decide {
namespace {

using model::Decision;
using model::PolicyMode;
using model::Reason;

constexpr size_t kMaxWhatBytes = 2000;

Decision effect_of(const Reason& reason) {
  if (reason.mode == PolicyMode::kObserve) return Decision::kAllow;
  return reason.mode == PolicyMode::kWarn ? Decision::kWarn : reason.level;
}

Reason policy_error(const ActivePack& active) {
  Reason reason;
  reason.rule = model::kPolicyError;
  reason.pack = active.pack.id;
  reason.severity = model::Severity::kHigh;
  return reason;
}

Reason not_judged(const ActivePack& active, std::string_view where, std::string_view what) {
  Reason reason = policy_error(active);
  reason.title = "A rule could not be judged";
  reason.message = std::string(where) + ": " + base::printable(what, kMaxWhatBytes);
  reason.why = "A rule that gives no answer must not pass for one that found nothing.";
  reason.fix = "Mend the rule; on_error in policy.yaml says what such an error amounts to.";
  return reason;
}

}  // namespace

Weighing::Weighing(const PolicySet& policy, const Subject& subject, base::json::Value input)
    : policy_(policy),
      stage_(subject.stage),
      covering_(policy, subject, input),
      vex_(policy, input) {}

std::optional<PolicyMode> Weighing::stated_mode(const ActivePack& active, const std::string& rule) {
  auto setting = active.entry.rules.find(rule);
  if (setting == active.entry.rules.end()) return std::nullopt;
  return setting->second.mode;
}

PolicyMode Weighing::mode_of(const ActivePack& active, const std::string& rule) const {
  return stated_mode(active, rule).value_or(active.entry.mode_at(stage_));
}

// The strictest mode of the rules that an error may stand for: of the one it names, else of all. An
// observed pack in which policy.yaml enforces one rule must not pass when that one fails.
PolicyMode Weighing::strictest_mode(const ActivePack& active, const std::string& rule) const {
  if (active.pack.rules.contains(rule) || stated_mode(active, rule)) return mode_of(active, rule);
  if (active.pack.rules.empty()) return active.entry.mode_at(stage_);
  PolicyMode mode = PolicyMode::kObserve;
  for (const auto& [id, info] : active.pack.rules) mode = std::max(mode, mode_of(active, id));
  return mode;
}

std::vector<std::string> Weighing::controls_of(const std::string& rule) const {
  std::vector<std::string> out;
  for (const Mapping& mapping : policy_.mappings()) {
    for (const Control& control : mapping.controls) {
      if (std::ranges::find(control.rules, rule) == control.rules.end()) continue;
      out.push_back(mapping.id + " " + control.id);
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

bool Weighing::describe(const ActivePack& active, Reason& reason) const {
  auto info = active.pack.rules.find(reason.rule);
  if (info != active.pack.rules.end()) {
    const RuleInfo& rule = info->second;
    reason.title = rule.title;
    reason.why = rule.why;
    if (reason.fix.empty()) reason.fix = rule.fix;
    if (reason.severity == model::Severity::kUnknown) reason.severity = rule.severity;
    reason.references = rule.references;
  } else if (active.described) {
    return false;
  }
  reason.mode = mode_of(active, reason.rule);
  auto setting = active.entry.rules.find(reason.rule);
  if (setting != active.entry.rules.end() && setting->second.severity) {
    reason.severity = *setting->second.severity;
  }
  reason.controls = controls_of(reason.rule);
  return true;
}

void Weighing::settle(Reason& reason) const {
  reason.effect = effect_of(reason);
  reason.waiver = covering_.find(reason);
  if (!reason.waiver || reason.waiver->expired) {
    if (auto closed = vex_.find(reason)) reason.waiver = std::move(closed);
  }
  if (reason.waiver && !reason.waiver->expired) reason.effect = Decision::kAllow;
}

Reason Weighing::failed(const ActivePack& active, const Failure& failure) const {
  Reason reason = not_judged(active, failure.where, failure.what);
  reason.level = std::min(policy_.file().on_error, failure.level);
  reason.mode = strictest_mode(active, failure.rule);
  reason.effect = effect_of(reason);
  return reason;
}

Reason Weighing::lost(const ActivePack& active, const LostRule& lost) const {
  Reason reason = policy_error(active);
  reason.title = "A rule is not in force";
  reason.message =
      lost.rule + " is not in force: " + base::printable(to_string(lost.cause), kMaxWhatBytes);
  reason.subject = lost.subject;
  reason.why = "A rule that was left out must not pass for one that found nothing.";
  reason.fix =
      "Write it with what is supported, take its file out of the pack, or give the rule the mode "
      "observe in policy.yaml; on_error there says what a missing rule amounts to.";
  reason.level = std::min(policy_.file().on_error, lost.level);
  reason.mode = mode_of(active, lost.rule);
  reason.effect = effect_of(reason);
  return reason;
}

Reason Weighing::overflowed(const ActivePack& active, Decision effect, size_t most) {
  const bool decides = effect != Decision::kAllow;
  const std::string which =
      decides ? "that " + std::string(model::decision_name(effect)) : "that decide nothing";
  Reason reason = not_judged(
      active, active.pack.package.empty() ? active.pack.id : active.pack.package,
      "more than " + std::to_string(most) + " reasons " + which + "; the rest is left out");
  reason.effect = effect;
  reason.level = decides ? effect : Decision::kWarn;
  if (!decides) reason.mode = PolicyMode::kObserve;
  return reason;
}

}  // namespace bulkhead::decide
