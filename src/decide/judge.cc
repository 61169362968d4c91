// SPDX-License-Identifier: Apache-2.0
// The story of a judgement: which packs are for this stage and subject, what their rules say
// (judge_pack.h, judge_foreign.h), what modes and waivers make of that (weighing.h), and the sum.
#include "decide/judge.h"

#include <algorithm>
#include <optional>
#include <tuple>

#include "base/json.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "decide/answers.h"
#include "decide/judge_foreign.h"
#include "decide/judge_pack.h"
#include "decide/scope.h"

namespace bulkhead::decide {
namespace {

using model::Reason;

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
            const Weighing& weighing, model::Verdict& verdict)
      : policy_(policy), subject_(subject), input_(input), answers_(weighing, verdict) {}

  void run(const Asking& asking) {
    for (const ActivePack& active : policy_.packs()) {
      answers_.begin(active);
      if (!concerns(active)) continue;
      if (active.foreign) {
        judge_foreign(subject_, input_, answers_);
      } else {
        judge_pack(asking, without_facts(active), answers_);
      }
    }
  }

  const Asked& asked() const { return answers_.asked; }

 private:
  // Whether a pack is for this stage and subject.
  bool concerns(const ActivePack& active) {
    Asked& asked = answers_.asked;
    const auto& stages = active.pack.stages;
    if (std::find(stages.begin(), stages.end(), subject_.stage) == stages.end()) {
      ++asked.other_stage;
      return false;
    }
    ScopeAnswer scope = in_scope(active.entry.scope, input_);
    if (!scope.applies) ++(scope.unknown.empty() ? asked.out_of_scope : asked.inactive);
    if (!scope.unknown.empty()) answers_.leave_out("", std::move(scope.unknown));
    return scope.applies;
  }

  // The rules that need what is not known here.
  RuleIds without_facts(const ActivePack& active) {
    RuleIds inactive;
    for (const auto& [id, rule] : active.pack.rules) {
      for (const std::string& need : rule.needs) {
        auto why = missing_need(input_, need);
        if (!why) continue;
        answers_.leave_out(id, *std::move(why));
        answers_.asked.facts.insert(need);
        inactive.insert(id);
        break;
      }
    }
    // Without a pack.yaml nobody knows how many there are.
    answers_.asked.rules += active.described ? active.pack.rules.size() - inactive.size() : 1;
    answers_.asked.inactive += inactive.size();
    return inactive;
  }

  const PolicySet& policy_;
  const Subject& subject_;
  base::json::Value input_;
  Answers answers_;
};

void sum_up(const Asked& asked, model::Decision on_nothing_judged, model::Verdict& verdict) {
  if (asked.rules == 0) {
    verdict.reasons.push_back(nothing_judged_reason(asked, verdict.stage, on_nothing_judged));
  }
  std::sort(verdict.reasons.begin(), verdict.reasons.end(), worse);
  for (const Reason& reason : verdict.reasons) {
    verdict.decision = std::max(verdict.decision, reason.effect);
  }
}

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

  const Weighing weighing(policy, subject, input.root());
  Judgement judgement(policy, subject, input.root(), weighing, verdict);
  judgement.run({document, evaluator, subject.at, policy.limits().document_bytes});
  const auto& conflicts = weighing.conflicts();
  verdict.reasons.insert(verdict.reasons.end(), conflicts.begin(), conflicts.end());
  sum_up(judgement.asked(), policy.file().on_nothing_judged, verdict);
  return verdict;
}

}  // namespace bulkhead::decide
