// SPDX-License-Identifier: Apache-2.0
// Turns what an adaptor judged into reasons, failures and what was not asked.
#include "decide/judge_foreign.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/counted.h"
#include "base/text.h"
#include "decide/foreign.h"
#include "decide/foreign/inputs.h"
#include "decide/judge.h"

namespace bulkhead::decide {
namespace {

using model::Decision;
using model::Reason;

constexpr size_t kMaxRefusals = 200;  // told in one verdict; `policy check` lists all
constexpr size_t kMaxSubjectBytes = 300;

void tell_refused(const std::vector<Refusal>& refused, Answers& answers) {
  for (size_t i = 0; i < std::min(refused.size(), kMaxRefusals); ++i) {
    answers.leave_out("", to_string(refused[i]), true);
  }
  if (refused.size() <= kMaxRefusals) return;
  answers.leave_out("",
                    "not in force: " + base::counted(refused.size() - kMaxRefusals, "more piece") +
                        " of its content; bulkhead policy check lists all",
                    true);
}

// Sorted by rule: the first subject is named, the others are counted.
void tell_unknown(const std::vector<NotJudged>& unknown, Answers& answers) {
  for (size_t i = 0; i < unknown.size();) {
    size_t next = i + 1;
    while (next < unknown.size() && unknown[next].rule == unknown[i].rule) ++next;
    std::string what = unknown[i].subject;
    if (next - i > 1) what += " and " + std::to_string(next - i - 1) + " more";
    answers.leave_out(unknown[i].rule, "not asked about " + what + ": " + unknown[i].why);
    i = next;
  }
}

// A list without files is no answer, either: what is in files of other kinds was not looked at.
bool has_subjects(base::json::Value input) {
  return input["files"].size() > 0 || !input_objects(input).empty();
}

void tell_no_subject(base::json::Value input, size_t rules, Answers& answers) {
  answers.leave_out(
      "", input["files"].missing()
              ? "needs input.files or an object under review, neither is known here"
              : "no file was found that its rules are asked about (files of other kinds, such "
                "as Terraform, INI and XML, are not read)");
  answers.asked.inactive += rules;
  answers.asked.facts.insert("files");
}

Reason foreign_reason(const ForeignReason& found, const Answers& answers) {
  const ActivePack& active = answers.pack();
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
  answers.weighing().describe(active, reason);
  // dryrun is the content's word on this rule; one of policy.yaml on the same rule counts more.
  bool said = Weighing::stated_mode(active, reason.rule).has_value();
  if (found.observed && !said) reason.mode = model::PolicyMode::kObserve;
  answers.weighing().settle(reason);
  return reason;
}

Failure failure_of(const NotJudged& failed, const Pack& pack) {
  std::string where = failed.rule.empty() ? pack.id : failed.rule;
  if (!failed.subject.empty()) {
    where += ", asked about " + base::printable(failed.subject, kMaxSubjectBytes);
  }
  auto rule = pack.rules.find(failed.rule);
  Decision level = rule == pack.rules.end() ? Decision::kDeny : rule->second.level;
  return {std::move(where), failed.why, level, failed.rule};
}

base::Result<Judged> ask_adaptor(const ForeignPolicy& content, const Subject& subject,
                                 base::json::Value input) {
  auto evaluator = TRY(content.program().evaluator());
  return content.judge(input, {subject.stage, subject.at}, evaluator);
}

}  // namespace

void judge_foreign(const Subject& subject, base::json::Value input, Answers& answers) {
  const ActivePack& active = answers.pack();
  const ForeignPolicy& content = *active.foreign;
  tell_refused(content.refused(), answers);
  if (!has_subjects(input)) return tell_no_subject(input, content.rules().size(), answers);
  answers.asked.rules += content.rules().size();
  auto judged = ask_adaptor(content, subject, input);
  if (!judged) {
    return answers.fail({active.pack.id, judged.error().message(), Decision::kDeny, ""});
  }
  for (const ForeignReason& found : judged->reasons) answers.add(foreign_reason(found, answers));
  for (const LostRule& lost : judged->lost) answers.add(answers.weighing().lost(active, lost));
  for (const NotJudged& failed : judged->failed) answers.fail(failure_of(failed, active.pack));
  tell_unknown(judged->unknown, answers);
}

}  // namespace bulkhead::decide
