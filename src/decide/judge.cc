// SPDX-License-Identifier: Apache-2.0
// The story of a judgement: which packs are for this stage and subject, what their rules say, what
// modes and waivers make of that, and the sum.
#include "decide/judge.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "base/counted.h"
#include "base/json.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "decide/asked.h"
#include "decide/foreign.h"
#include "decide/foreign/inputs.h"
#include "decide/scope.h"
#include "decide/vex/closed.h"
#include "decide/waivers/covering.h"
#include "model/policy_error.h"

namespace bulkhead::decide {
namespace {

using model::Decision;
using model::Reason;

constexpr size_t kMaxReasons = 20'000;  // of one pack and one effect
constexpr size_t kMaxRefusals = 200;  // told in one verdict; `policy check` lists all

// input.image.config and the like; findings:KIND asks whether that kind was looked for.
std::optional<std::string> missing_need(const base::json::Value& input, std::string_view need) {
  constexpr std::string_view kFindings = "findings:";
  if (need.starts_with(kFindings)) {
    std::string_view kind = need.substr(kFindings.size());
    bool looked = false;
    input["scan"]["scanners"].each(
        [&](base::json::Value name) { looked |= name.string() == kind; });
    if (looked) return std::nullopt;
    return "needs findings of kind " + std::string(kind) + ", which nothing looked for";
  }
  base::json::Value at = input;
  for (std::string_view part : base::split(need, '.')) at = at[part];
  if (!at.missing()) return std::nullopt;
  return "needs input." + std::string(need) + ", which is not known here";
}

bool worse(const Reason& a, const Reason& b) {
  if (a.effect != b.effect) return a.effect > b.effect;
  if (a.severity != b.severity) return a.severity > b.severity;
  return std::tie(a.pack, a.rule, a.subject, a.path, a.message) <
         std::tie(b.pack, b.rule, b.subject, b.path, b.message);
}

class Judgement {
 public:
  Judgement(const PolicySet& policy, const Subject& subject, base::json::Value input,
            const policy::Document& document, policy::Evaluator& evaluator)
      : policy_(policy),
        subject_(subject),
        input_(input),
        document_(document),
        evaluator_(evaluator),
        covering_(policy, subject, input),
        vex_(policy, input) {}

  void run(model::Verdict& verdict) {
    for (const ActivePack& active : policy_.packs()) {
      added_ = {};
      judge_pack(active, verdict);
    }
    const auto& conflicts = vex_.conflicts();
    verdict.reasons.insert(verdict.reasons.end(), conflicts.begin(), conflicts.end());
    if (asked_.rules == 0) {
      verdict.reasons.push_back(
          nothing_judged_reason(asked_, subject_.stage, policy_.file().on_nothing_judged));
    }
    std::sort(verdict.reasons.begin(), verdict.reasons.end(), worse);
    for (const Reason& reason : verdict.reasons) {
      verdict.decision = std::max(verdict.decision, reason.effect);
    }
  }

 private:
  void judge_pack(const ActivePack& active, model::Verdict& verdict) {
    const auto& stages = active.pack.stages;
    if (std::find(stages.begin(), stages.end(), subject_.stage) == stages.end()) {
      ++asked_.other_stage;
      return;
    }
    ScopeAnswer scope = in_scope(active.entry.scope, input_);
    if (!scope.unknown.empty()) {
      verdict.inactive.push_back({active.pack.id, "", scope.unknown});
    }
    if (!scope.applies) {
      ++(scope.unknown.empty() ? asked_.out_of_scope : asked_.inactive);
      return;
    }
    if (active.foreign) return judge_foreign(active, verdict);
    std::set<std::string, std::less<>> inactive;
    for (const auto& [id, rule] : active.pack.rules) {
      for (const std::string& need : rule.needs) {
        auto why = missing_need(input_, need);
        if (!why) continue;
        verdict.inactive.push_back({active.pack.id, id, *why});
        asked_.facts.insert(need);
        inactive.insert(id);
        break;
      }
    }
    // Without a pack.yaml nobody knows how many there are.
    asked_.rules += active.described ? active.pack.rules.size() - inactive.size() : 1;
    asked_.inactive += inactive.size();
    if (judge_both(active, inactive, verdict)) return;
    judge_set(active, Decision::kDeny, inactive, verdict);
    judge_set(active, Decision::kWarn, inactive, verdict);
  }

  // Content of another program: its adaptor asks, what comes back is treated like any reason.
  void judge_foreign(const ActivePack& active, model::Verdict& verdict) {
    const ForeignPolicy& content = *active.foreign;
    tell_refused(active, content.refused(), verdict);
    // A list without files is no answer, either: what is in files of other kinds was not looked at.
    if (input_["files"].size() == 0 && input_objects(input_).empty()) {
      bool looked = !input_["files"].missing();
      verdict.inactive.push_back(
          {active.pack.id, "",
           looked ? "no file was found that its rules are asked about (files of other kinds, such "
                    "as Terraform, INI and XML, are not read)"
                  : "needs input.files or an object under review, neither is known here"});
      asked_.inactive += content.rules().size();
      asked_.facts.insert("files");
      return;
    }
    asked_.rules += content.rules().size();
    auto evaluator = content.program().evaluator();
    if (!evaluator) {
      return add_error(active, {active.pack.id, evaluator.error().message(), Decision::kDeny, ""},
                       verdict);
    }
    auto judged = content.judge(input_, {subject_.stage, subject_.at}, *evaluator);
    if (!judged)
      return add_error(active, {active.pack.id, judged.error().message(), Decision::kDeny, ""},
                       verdict);
    for (const ForeignReason& found : judged->reasons) {
      add(active, reason_of(active, found), verdict);
    }
    for (const LostRule& lost : judged->lost) add(active, lost_reason(active, lost), verdict);
    for (const NotJudged& failed : judged->failed) {
      std::string where = failed.rule.empty() ? active.pack.id : failed.rule;
      if (!failed.subject.empty()) where += ", asked about " + base::printable(failed.subject, 300);
      auto rule = active.pack.rules.find(failed.rule);
      bool known = rule != active.pack.rules.end();
      Decision level = known ? rule->second.level : Decision::kDeny;
      add_error(active, {where, failed.why, level, failed.rule}, verdict);
    }
    tell_unknown(active, judged->unknown, verdict);
  }

  Reason reason_of(const ActivePack& active, const ForeignReason& found) const {
    Reason reason;
    reason.pack = active.pack.id;
    reason.rule = found.rule;
    reason.level = found.level;
    reason.message = found.message;
    reason.subject = found.subject;
    reason.path = found.path;
    reason.fix = found.fix;
    reason.details = found.details;
    if (found.severity) reason.severity = *found.severity;
    describe(active, reason);
    // dryrun is the content's word on this rule; one of policy.yaml on the same rule counts more.
    bool said = stated_mode(active, reason.rule).has_value();
    if (found.observed && !said) reason.mode = model::PolicyMode::kObserve;
    settle(reason);
    return reason;
  }

  static void tell_refused(const ActivePack& active, const std::vector<Refusal>& refused,
                           model::Verdict& verdict) {
    auto tell = [&](std::string why) {
      verdict.inactive.push_back({active.pack.id, "", std::move(why), true});
    };
    for (size_t i = 0; i < std::min(refused.size(), kMaxRefusals); ++i) {
      tell(to_string(refused[i]));
    }
    if (refused.size() <= kMaxRefusals) return;
    tell("not in force: " + base::counted(refused.size() - kMaxRefusals, "more piece") +
         " of its content; bulkhead policy check lists all");
  }

  // Sorted by rule: the first subject is named, the others are counted.
  static void tell_unknown(const ActivePack& active, const std::vector<NotJudged>& unknown,
                           model::Verdict& verdict) {
    for (size_t i = 0; i < unknown.size();) {
      size_t next = i + 1;
      while (next < unknown.size() && unknown[next].rule == unknown[i].rule) ++next;
      std::string why = "not asked about " + unknown[i].subject;
      if (next - i > 1) why += " and " + std::to_string(next - i - 1) + " more";
      verdict.inactive.push_back({active.pack.id, unknown[i].rule, why + ": " + unknown[i].why});
      i = next;
    }
  }

  // Reasons of one pack and one effect have room of their own: what is only observed, and what
  // another pack says, must not push out a denial. What found no room is said once, and weighs what
  // it would have weighed itself.
  void add(const ActivePack& active, Reason reason, model::Verdict& verdict) {
    size_t& count = added_[static_cast<size_t>(reason.effect)];
    if (count > kMaxReasons) return;
    if (++count <= kMaxReasons) {
      verdict.reasons.push_back(std::move(reason));
      return;
    }
    std::string where = active.pack.package.empty() ? active.pack.id : active.pack.package;
    std::string which = "that decide nothing";
    if (reason.effect != Decision::kAllow) {
      which = "that " + std::string(model::decision_name(reason.effect));
    }
    Reason full = error_reason(active, where,
                               "more than " + std::to_string(kMaxReasons) + " reasons " + which +
                                   "; the rest is left out");
    full.level = full.effect = reason.effect;
    if (reason.effect == Decision::kAllow) {
      full.level = Decision::kWarn;
      full.mode = model::PolicyMode::kObserve;
    }
    verdict.reasons.push_back(std::move(full));
  }

  // Both sets in one evaluation, so that rules which they share are evaluated once. False, and
  // nothing added, when that fails: each set by itself tells which one it was.
  bool judge_both(const ActivePack& active, const std::set<std::string, std::less<>>& inactive,
                  model::Verdict& verdict) {
    const std::string package = "data." + active.pack.package;
    policy::Request request;
    request.entry =
        "{\"deny\": [x | x := " + package + ".deny], \"warn\": [x | x := " + package + ".warn]}";
    request.now_ns = subject_.at * 1'000'000'000;
    auto answer = evaluator_.evaluate(request, document_);
    if (!answer || !answer->defined) return false;
    auto parsed = parse_answer(answer->json);
    if (!parsed) return false;
    // A list of one set each; an empty one where the rule is undefined.
    bool sets = true;
    for (const char* level : {"deny", "warn"}) {
      parsed->root()[level].each([&](base::json::Value set) { sets = sets && set.is_array(); });
    }
    if (!sets) return false;
    for (const Decision level : {Decision::kDeny, Decision::kWarn}) {
      parsed->root()[model::decision_name(level)].each(
          [&](base::json::Value set) { add_reasons(active, level, set, inactive, verdict); });
    }
    return true;
  }

  void judge_set(const ActivePack& active, Decision level,
                 const std::set<std::string, std::less<>>& inactive, model::Verdict& verdict) {
    policy::Request request;
    request.entry = "data." + active.pack.package + "." + std::string(model::decision_name(level));
    request.now_ns = subject_.at * 1'000'000'000;
    auto answer = evaluator_.evaluate(request, document_);
    if (!answer) {
      return add_error(active, {request.entry, answer.error().message(), level, ""}, verdict);
    }
    if (!answer->defined) return;
    auto parsed = parse_answer(answer->json);
    if (!parsed || !parsed->root().is_array()) {
      return add_error(active, {request.entry, "the rule is not a set of objects", level, ""},
                       verdict);
    }
    add_reasons(active, level, parsed->root(), inactive, verdict);
  }

  base::Result<base::json::Document> parse_answer(std::string_view json) const {
    base::json::Document::Options options;
    options.limits.max_bytes = policy_.limits().document_bytes;
    return base::json::Document::parse(json, options);
  }

  void add_reasons(const ActivePack& active, Decision level, base::json::Value set,
                   const std::set<std::string, std::less<>>& inactive, model::Verdict& verdict) {
    set.each([&](base::json::Value value) {
      if (inactive.contains(value["id"].string_or(""))) return;
      add_reason(active, level, value, verdict);
    });
  }

  void add_reason(const ActivePack& active, Decision level, base::json::Value value,
                  model::Verdict& verdict) {
    Reason reason;
    reason.pack = active.pack.id;
    reason.level = level;
    reason.rule = value["id"].string_or("");
    reason.message = value["message"].string_or("");
    if (reason.rule.empty() || reason.message.empty()) {
      return add_error(active,
                       {active.pack.package, "a result without \"id\" or \"message\"", level, ""},
                       verdict);
    }
    reason.subject = value["subject"].string_or("");
    reason.path = value["path"].string_or("");
    reason.finding = value["finding"].string_or("");
    reason.fix = value["fix"].string_or("");
    if (auto severity = model::parse_severity(value["severity"].string_or(""))) {
      reason.severity = *severity;
    }
    if (!describe(active, reason)) {
      const std::string id = "the id \"" + base::printable(reason.rule, 60) + "\"";
      return add_error(
          active,
          {active.pack.package,
           "a result with " + id + ", which " + active.pack.path + " does not know", level, ""},
          verdict);
    }
    settle(reason);
    add(active, std::move(reason), verdict);
  }

  // The mode that policy.yaml gives to this one rule.
  static std::optional<model::PolicyMode> stated_mode(const ActivePack& active,
                                                      const std::string& rule) {
    auto setting = active.entry.rules.find(rule);
    if (setting == active.entry.rules.end()) return std::nullopt;
    return setting->second.mode;
  }

  model::PolicyMode mode_of(const ActivePack& active, const std::string& rule) const {
    return stated_mode(active, rule).value_or(active.entry.mode_at(subject_.stage));
  }

  // The strictest mode of the rules that an error may stand for: of the one it names, else of all.
  // An observed pack in which policy.yaml enforces one rule must not pass when that one fails.
  model::PolicyMode strictest_mode(const ActivePack& active, const std::string& rule) const {
    if (active.pack.rules.contains(rule) || stated_mode(active, rule)) {
      return mode_of(active, rule);
    }
    if (active.pack.rules.empty()) return active.entry.mode_at(subject_.stage);
    model::PolicyMode mode = model::PolicyMode::kObserve;
    for (const auto& [id, info] : active.pack.rules) mode = std::max(mode, mode_of(active, id));
    return mode;
  }

  // What pack.yaml and policy.yaml say about the rule; false when pack.yaml does not know it.
  bool describe(const ActivePack& active, Reason& reason) const {
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
    for (const Mapping& mapping : policy_.mappings()) {
      for (const Control& control : mapping.controls) {
        if (std::find(control.rules.begin(), control.rules.end(), reason.rule) ==
            control.rules.end()) {
          continue;
        }
        reason.controls.push_back(mapping.id + " " + control.id);
      }
    }
    std::sort(reason.controls.begin(), reason.controls.end());
    return true;
  }

  static Decision effect_of(const Reason& reason) {
    if (reason.mode == model::PolicyMode::kObserve) return Decision::kAllow;
    return reason.mode == model::PolicyMode::kWarn ? Decision::kWarn : reason.level;
  }

  // Mode first, then waivers: an expired one is shown and covers nothing; then VEX.
  void settle(Reason& reason) const {
    reason.effect = effect_of(reason);
    reason.waiver = covering_.find(reason);
    if (!reason.waiver || reason.waiver->expired) {
      if (auto closed = vex_.find(reason)) reason.waiver = std::move(closed);
    }
    if (reason.waiver && !reason.waiver->expired) reason.effect = Decision::kAllow;
  }

  // A rule of others that would have been asked if it could be loaded. It counts for no more than
  // it would have by itself.
  Reason lost_reason(const ActivePack& active, const LostRule& lost) const {
    Reason reason;
    reason.rule = model::kPolicyError;
    reason.pack = active.pack.id;
    reason.title = "A rule is not in force";
    reason.message =
        lost.rule + " is not in force: " + base::printable(to_string(lost.cause), 2000);
    reason.subject = lost.subject;
    reason.why = "A rule that was left out must not pass for one that found nothing.";
    reason.fix =
        "Write it with what is supported, take its file out of the pack, or give the rule the mode "
        "observe in policy.yaml; on_error there says what a missing rule amounts to.";
    reason.severity = model::Severity::kHigh;
    reason.level = std::min(policy_.file().on_error, lost.level);
    reason.mode = mode_of(active, lost.rule);
    reason.effect = effect_of(reason);
    return reason;
  }

  struct Failure {
    std::string where, what;
    Decision level;    // the most that the rule could have said
    std::string rule;  // "" any of the pack
  };

  // An error counts for on_error, and for no more than the rules could have amounted to.
  void add_error(const ActivePack& active, const Failure& failure, model::Verdict& verdict) {
    Reason reason = error_reason(active, failure.where, failure.what);
    reason.level = std::min(policy_.file().on_error, failure.level);
    reason.mode = strictest_mode(active, failure.rule);
    reason.effect = effect_of(reason);
    add(active, std::move(reason), verdict);
  }

  static Reason error_reason(const ActivePack& active, std::string_view where,
                             std::string_view what) {
    Reason reason;
    reason.rule = model::kPolicyError;
    reason.pack = active.pack.id;
    reason.title = "A rule could not be judged";
    reason.message = std::string(where) + ": " + base::printable(what, 2000);
    reason.why = "A rule that gives no answer must not pass for one that found nothing.";
    reason.fix = "Mend the rule; on_error in policy.yaml says what such an error amounts to.";
    reason.severity = model::Severity::kHigh;
    return reason;
  }

  const PolicySet& policy_;
  const Subject& subject_;
  base::json::Value input_;
  const policy::Document& document_;
  policy::Evaluator& evaluator_;
  Covering covering_;
  ClosedByVex vex_;
  Asked asked_;
  std::array<size_t, 3> added_ = {};  // reasons of the pack at hand, by effect
};

std::string verdict_id(const model::Verdict& verdict) {
  std::string text = "bulkhead verdict 1\n" + verdict.policy.digest + "\n" + verdict.input_digest +
                     "\n" + verdict.engine + "\n";
  return crypto::sha256_digest(base::as_bytes(text));
}

}  // namespace

base::Result<model::Verdict> judge(const PolicySet& policy, const Subject& subject) {
  model::Verdict verdict;
  verdict.stage = subject.stage;
  verdict.subject = subject.name;
  verdict.subject_digest = subject.digest;
  verdict.policy = policy.identity();
  verdict.input_digest = crypto::sha256_digest(base::as_bytes(subject.document));
  verdict.engine = policy::engine_version();
  verdict.at = base::format_time(subject.at);
  verdict.id = verdict_id(verdict);

  base::json::Document::Options options;
  options.limits.max_bytes = policy.limits().document_bytes;
  options.limits.max_entries = 50'000'000;
  options.limits.max_depth = policy.limits().depth;
  auto input = TRY_AT("input", base::json::Document::parse(subject.document, options));
  auto document = TRY_AT("input", policy::Document::parse(subject.document, policy.limits()));
  auto evaluator = TRY(policy.program().evaluator());
  Judgement(policy, subject, input.root(), document, evaluator).run(verdict);
  return verdict;
}

}  // namespace bulkhead::decide
