// SPDX-License-Identifier: Apache-2.0
// bulkhead policy diff: what a new policy would have decided about what was decided before.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/clock.h"
#include "base/counted.h"
#include "base/json.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/confined.h"
#include "cli/decision_file.h"
#include "cli/exit_code.h"
#include "cli/policy_source.h"
#include "decide/judge.h"

namespace bulkhead::cli::commands::policy_diff {
namespace {

constexpr std::array kOwn = {
    Flag{"replay", 0, "DIR", "decisions that scan --decisions kept"},
    Flag{"format", 'f', "FORMAT", "text (default) or json", false, "text,json"},
};
constexpr auto kFlags = join_flags(kOwn, kNamedPolicyFlags);

constexpr uint64_t kMaxReplayBytes = 4ull << 30;

// One decision under both policies.
struct Change {
  std::string subject;
  model::Decision before = model::Decision::kAllow, after = model::Decision::kAllow;
  std::vector<std::string> added, removed;  // "deny HYG001 subject path: message"
  bool changed() const { return before != after || !added.empty() || !removed.empty(); }
};

std::set<std::string> reasons_of(const model::Verdict& verdict) {
  std::set<std::string> out;
  for (const model::Reason& reason : verdict.reasons) {
    if (reason.effect == model::Decision::kAllow) continue;
    std::string text = std::string(model::decision_name(reason.effect)) + " " + reason.rule;
    if (!reason.subject.empty()) text += " " + reason.subject;
    if (!reason.path.empty()) text += " " + reason.path;
    out.insert(text + ": " + reason.message);
  }
  return out;
}

base::Result<Change> replay(const decide::PolicySet& before, const decide::PolicySet& after,
                            KeptDecision kept) {
  decide::Subject subject;
  subject.stage = kept.verdict.stage;
  // The time of the first judgement, so that only the policy differs.
  subject.at = base::parse_time(kept.verdict.at).value_or(0);
  subject.name = kept.verdict.subject;
  subject.digest = kept.verdict.subject_digest;
  subject.document = std::move(kept.input);
  model::Verdict old_verdict = TRY_AT(kept.path, decide::judge(before, subject));
  model::Verdict new_verdict = TRY_AT(kept.path, decide::judge(after, subject));
  Change out;
  out.subject = kept.verdict.subject;
  out.before = old_verdict.decision;
  out.after = new_verdict.decision;
  std::set<std::string> had = reasons_of(old_verdict);
  std::set<std::string> has = reasons_of(new_verdict);
  std::set_difference(has.begin(), has.end(), had.begin(), had.end(),
                      std::back_inserter(out.added));
  std::set_difference(had.begin(), had.end(), has.begin(), has.end(),
                      std::back_inserter(out.removed));
  return out;
}

std::string as_text(const std::vector<Change>& changes, size_t decisions) {
  constexpr size_t kMaxLines = 20;
  std::string out;
  size_t flipped = 0;
  for (const Change& change : changes) {
    flipped += change.before != change.after;
    out += fmt::format("{}: {} -> {}\n", base::printable(change.subject, 300),
                       model::decision_name(change.before), model::decision_name(change.after));
    for (const auto& [sign, lines] : {std::pair{'+', &change.added}, {'-', &change.removed}}) {
      for (size_t i = 0; i < std::min(lines->size(), kMaxLines); ++i) {
        out += fmt::format("  {} {}\n", sign, base::printable((*lines)[i], 600));
      }
      if (lines->size() > kMaxLines) {
        out += fmt::format("  {} and {} more\n", sign, lines->size() - kMaxLines);
      }
    }
  }
  return out + fmt::format("{} of {} would differ, {} of them in the verdict itself\n",
                           changes.size(), base::counted(decisions, "decision"), flipped);
}

std::string as_json(const std::vector<Change>& changes, size_t decisions) {
  base::json::Writer json(2);
  json.begin_object().member("decisions", uint64_t{decisions}).key("changes").begin_array();
  for (const Change& change : changes) {
    json.begin_object().member("subject", change.subject);
    json.member("before", model::decision_name(change.before));
    json.member("after", model::decision_name(change.after));
    for (const auto& [name, lines] :
         {std::pair{"added", &change.added}, {"removed", &change.removed}}) {
      json.key(name).begin_array();
      for (const std::string& line : *lines) json.value(line);
      json.end_array();
    }
    json.end_object();
  }
  json.end_array().end_object();
  return json.take() + "\n";
}

// What the confined process works on, gathered before.
struct Gathered {
  PolicySource before, after;
  std::vector<DecisionText> decisions;
};

base::Result<Gathered> gather_decisions(const Invocation& invocation) {
  const std::vector<std::string>& names = invocation.arguments();
  if (names.size() != 2) {
    return base::Error(base::Code::kInvalid, "policy diff takes two policies: OLD and NEW");
  }
  Gathered out;
  out.before = TRY_AT(names[0], read_policy_source(invocation, names[0]));
  out.after = TRY_AT(names[1], read_policy_source(invocation, names[1]));
  uint64_t total = 0;
  for (const std::string& path : TRY(decision_files(invocation.value("replay")))) {
    out.decisions.push_back(TRY(read_decision(path)));
    total += out.decisions.back().text.size();
    if (total > kMaxReplayBytes) {
      return base::Error(base::Code::kLimit, invocation.value("replay") +
                                                 ": more than 4 GiB of decisions; replay a part");
    }
  }
  return out;
}

base::Result<decide::PolicySet> load(const PolicySource& source) {
  return decide::PolicySet::load(source.files, source.identity, source.options)
      .context(source.identity.source);
}

base::Result<int> diff(const Invocation& invocation, const Gathered& gathered) {
  decide::PolicySet before = TRY(load(gathered.before));
  decide::PolicySet after = TRY(load(gathered.after));
  std::vector<Change> changes;
  for (const DecisionText& text : gathered.decisions) {
    Change change = TRY(replay(before, after, TRY(parse_decision(text))));
    if (change.changed()) changes.push_back(std::move(change));
  }
  size_t decisions = gathered.decisions.size();
  bool json = invocation.value("format", "text") == "json";
  TRY(print(json ? as_json(changes, decisions) : as_text(changes, decisions)));
  return kClean;
}

int run(const Invocation& invocation) {
  if (!invocation.has("replay")) {
    complain("policy diff needs --replay DIR: decisions that scan --decisions kept");
    return kUsage;
  }
  auto gathered = gather_decisions(invocation);
  if (!gathered) return fail(gathered.error());
  return run_confined_command(invocation, [&] { return diff(invocation, *gathered); });
}

}  // namespace

extern constinit const Command descriptor = {
    "policy diff",
    "show which kept decisions another policy would change",
    "OLD NEW...",
    "Every kept input is judged by both, as of the time of its first judgement.\n"
    "  bulkhead policy diff policies-1.0 policies --replay kept",
    kFlags,
    run};

}  // namespace bulkhead::cli::commands::policy_diff
