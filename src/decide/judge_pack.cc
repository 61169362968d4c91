// SPDX-License-Identifier: Apache-2.0
// One evaluation for both sets; a failure is looked for in each by itself.
#include "decide/judge_pack.h"

#include <array>
#include <string_view>
#include <utility>

#include "base/json.h"
#include "base/text.h"

namespace bulkhead::decide {
namespace {

using base::json::Value;
using model::Decision;
using model::Reason;

constexpr std::array kLevels = {Decision::kDeny, Decision::kWarn};

base::Result<policy::Answer> ask_rules(const Asking& asking, std::string entry) {
  policy::Request request;
  request.entry = std::move(entry);
  request.now_ns = asking.at * 1'000'000'000;
  return asking.evaluator.evaluate(request, asking.document);
}

base::Result<base::json::Document> parse_answer(const Asking& asking, std::string_view json) {
  base::json::Document::Options options;
  options.limits.max_bytes = asking.max_answer_bytes;
  return base::json::Document::parse(json, options);
}

Reason stated_reason(const Pack& pack, Decision level, Value value) {
  Reason reason;
  reason.pack = pack.id;
  reason.level = level;
  reason.rule = value["id"].string_or("");
  reason.message = value["message"].string_or("");
  reason.subject = value["subject"].string_or("");
  reason.path = value["path"].string_or("");
  reason.finding = value["finding"].string_or("");
  reason.fix = value["fix"].string_or("");
  if (auto severity = model::parse_severity(value["severity"].string_or(""))) {
    reason.severity = *severity;
  }
  return reason;
}

void add_reason(Decision level, Value value, Answers& answers) {
  const Pack& pack = answers.pack().pack;
  auto refuse = [&](std::string why) { answers.fail({pack.package, std::move(why), level, ""}); };
  Reason reason = stated_reason(pack, level, value);
  if (reason.rule.empty() || reason.message.empty()) {
    return refuse("a result without \"id\" or \"message\"");
  }
  if (!answers.weighing().describe(answers.pack(), reason)) {
    return refuse("a result with the id \"" + base::printable(reason.rule, 60) + "\", which " +
                  pack.path + " does not know");
  }
  answers.weighing().settle(reason);
  answers.add(std::move(reason));
}

void add_reasons(Decision level, Value set, const RuleIds& inactive, Answers& answers) {
  set.each([&](Value value) {
    if (!inactive.contains(value["id"].string_or(""))) add_reason(level, value, answers);
  });
}

// Both sets in one evaluation, so that rules which they share are evaluated once. False, and
// nothing added, when that fails: each set by itself tells which one it was.
bool judge_both(const Asking& asking, const RuleIds& inactive, Answers& answers) {
  const std::string package = "data." + answers.pack().pack.package;
  auto answer = ask_rules(asking, "{\"deny\": [x | x := " + package +
                                      ".deny], \"warn\": [x | x := " + package + ".warn]}");
  if (!answer || !answer->defined) return false;
  auto parsed = parse_answer(asking, answer->json);
  if (!parsed) return false;
  // A list of one set each; an empty one where the rule is undefined.
  bool sets = true;
  for (Decision level : kLevels) {
    parsed->root()[model::decision_name(level)].each(
        [&](Value set) { sets = sets && set.is_array(); });
  }
  if (!sets) return false;
  for (Decision level : kLevels) {
    parsed->root()[model::decision_name(level)].each(
        [&](Value set) { add_reasons(level, set, inactive, answers); });
  }
  return true;
}

void judge_set(const Asking& asking, Decision level, const RuleIds& inactive, Answers& answers) {
  const std::string entry =
      "data." + answers.pack().pack.package + "." + std::string(model::decision_name(level));
  auto answer = ask_rules(asking, entry);
  if (!answer) return answers.fail({entry, answer.error().message(), level, ""});
  if (!answer->defined) return;
  auto parsed = parse_answer(asking, answer->json);
  if (!parsed || !parsed->root().is_array()) {
    return answers.fail({entry, "the rule is not a set of objects", level, ""});
  }
  add_reasons(level, parsed->root(), inactive, answers);
}

}  // namespace

void judge_pack(const Asking& asking, const RuleIds& inactive, Answers& answers) {
  if (judge_both(asking, inactive, answers)) return;
  for (Decision level : kLevels) judge_set(asking, level, inactive, answers);
}

}  // namespace bulkhead::decide
