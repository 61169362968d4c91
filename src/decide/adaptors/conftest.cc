// SPDX-License-Identifier: Apache-2.0
// Conftest (https://www.conftest.dev): rules deny, violation and warn, each also with a suffix, in
// package main or others; results are texts or objects with a `msg`; `exception` names rules that
// do not count for an input. The input is the parsed file itself.
#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "base/text.h"
#include "decide/foreign.h"
#include "decide/foreign/ask.h"
#include "decide/foreign/compile.h"
#include "decide/foreign/conftest_inputs.h"

namespace bulkhead::decide::adaptors::conftest {
namespace {

using base::json::Value;
using model::Decision;

constexpr MissingFunction kMissing[] = {
    {"parse_config", "reads files while rules run; hand the file over as data"},
    {"parse_config_file", "reads files while rules run; hand the file over as data"},
    {"parse_combined_config_files", "reads files while rules run; hand the files over as data"},
    {"http.send", "rules may not reach the network"},
};

HostFunctions functions() { return {kMissing}; }

// deny, deny_a, deny_a_b2; nothing that only begins so.
bool has_stem(std::string_view name, std::string_view stem) {
  if (!name.starts_with(stem)) return false;
  name.remove_prefix(stem.size());
  if (name.empty()) return true;
  auto parts = base::split(name, '_');
  return parts.front().empty() && parts.size() > 1 &&
         std::all_of(parts.begin() + 1, parts.end(), [](std::string_view part) {
           return !part.empty() && std::all_of(part.begin(), part.end(), base::is_alnum);
         });
}

std::optional<Decision> level_of(std::string_view rule) {
  if (has_stem(rule, "deny") || has_stem(rule, "violation")) return Decision::kDeny;
  if (has_stem(rule, "warn")) return Decision::kWarn;
  return std::nullopt;
}

// What `exception` calls a rule: deny_a is "a", deny is "".
std::string exception_name(std::string_view rule) {
  auto parts = base::cut(rule, "_");
  return parts ? std::string(parts->second) : "";
}

struct Question {
  std::vector<std::string> package;
  std::string rule;
  std::string id;
  Decision level = Decision::kDeny;
};

class ConftestPolicy final : public ForeignPolicy {
 public:
  ConftestPolicy(policy::Program program, const ForeignOptions& options, const Modules& modules)
      : ForeignPolicy(std::move(program)), options_(options) {
    find_questions(modules.in_force);
    for (const GoneModule& gone : modules.gone) find_lost(gone);
    std::sort(lost_.begin(), lost_.end(), [](const LostRule& a, const LostRule& b) {
      return std::tie(a.rule, a.cause.path) < std::tie(b.rule, b.cause.path);
    });
    for (const Module& module : modules.in_force) {
      for (const DataReference& reference : module.references) {
        asks_for_file_ = asks_for_file_ || reference.path.front() == "conftest";
      }
    }
  }

  base::Result<Judged> judge(Value input, const JudgeContext& context,
                             policy::Evaluator& evaluator) const override;
  bool empty() const { return questions_.empty(); }

 private:
  bool counts(const std::string& package) const;
  void find_questions(const std::vector<Module>& modules);
  void find_lost(const GoneModule& gone);
  void describe(const policy::Rule& rule, const Module& module);
  void ask_all(Asking& asking, const ConftestInput& input, Judged& out) const;
  std::vector<std::string> exceptions(Asking& asking, const std::vector<std::string>& package,
                                      const policy::Document& document,
                                      const ConftestInput& input) const;
  void take(const Question& question, const ConftestInput& input, Value result, Asking& asking,
            Judged& out) const;

  ForeignOptions options_;
  std::vector<Question> questions_;
  std::set<std::vector<std::string>> exception_packages_;
  bool asks_for_file_ = false;
};

void ConftestPolicy::describe(const policy::Rule& rule, const Module& module) {
  ForeignRule made;
  made.info.id = rule.package + "." + rule.name;
  made.info.title = made.info.id;
  made.info.level = *level_of(rule.name);
  made.info.line = rule.line;
  made.path = rule.path;
  for (const Annotation& annotation : module.annotations) {
    if (annotation.rule != rule.name) continue;
    made.info.title = annotation.content["title"].string_or(made.info.title);
    made.info.why = annotation.content["description"].string_or("");
    auto severity =
        model::parse_severity(base::lower(annotation.content["custom"]["severity"].string_or("")));
    if (severity) made.info.severity = *severity;
  }
  rules_.push_back(std::move(made));
}

bool ConftestPolicy::counts(const std::string& package) const {
  const auto& wanted = options_.namespaces;
  if (wanted.empty()) return package == "main";
  return std::any_of(wanted.begin(), wanted.end(),
                     [&](const std::string& name) { return name == "*" || name == package; });
}

void ConftestPolicy::find_lost(const GoneModule& gone) {
  const std::string package = gone.module.package_name();
  if (!counts(package)) return;
  for (const std::string& name : names_like_rules(gone.module)) {
    auto level = level_of(name);
    if (level) lost_.push_back({package + "." + name, *level, gone.cause, ""});
  }
}

void ConftestPolicy::find_questions(const std::vector<Module>& modules) {
  std::map<std::string_view, const Module*> by_path;
  for (const Module& module : modules) by_path.emplace(module.path, &module);
  std::set<std::string> known;
  for (const policy::Rule& rule : program_.rules()) {
    auto at = by_path.find(rule.path);
    bool judged = counts(rule.package) && rule.kind != policy::RuleKind::kFunction;
    if (!judged || at == by_path.end()) continue;
    const Module& module = *at->second;
    if (rule.name == "exception") exception_packages_.insert(module.package);
    auto level = level_of(rule.name);
    if (!level || rule.kind == policy::RuleKind::kDefault) continue;
    std::string id = rule.package + "." + rule.name;
    if (!known.insert(id).second) continue;
    questions_.push_back({module.package, rule.name, std::move(id), *level});
    describe(rule, module);
  }
  std::sort(rules_.begin(), rules_.end(),
            [](const ForeignRule& a, const ForeignRule& b) { return a.info.id < b.info.id; });
}

std::vector<std::string> ConftestPolicy::exceptions(Asking& asking,
                                                    const std::vector<std::string>& package,
                                                    const policy::Document& document,
                                                    const ConftestInput& input) const {
  std::vector<std::string> names;
  if (!exception_packages_.contains(package)) return names;
  auto value = asking.ask(entry_of(package, "exception"), document,
                          base::join(package, ".") + ".exception", input.path);
  if (!value) return names;
  value->root().each(
      [&](Value list) { list.each([&](Value name) { names.emplace_back(name.string_or("?")); }); });
  return names;
}

void ConftestPolicy::take(const Question& question, const ConftestInput& input, Value result,
                          Asking& asking, Judged& out) const {
  ForeignReason reason;
  reason.rule = question.id;
  reason.level = question.level;
  reason.subject = input.path;
  reason.path = input.place;
  if (result.is_string()) {
    reason.message = result.string_or("");
  } else if (result["msg"].is_string()) {
    reason.message = result["msg"].string_or("");
    Value place = result["_loc"];
    if (place["file"].is_string()) {
      reason.subject = place["file"].string_or("");
      auto line = place["line"].integer();
      reason.path = reason.subject + (line ? ":" + std::to_string(*line) : "");
    }
    reason.severity = model::parse_severity(base::lower(result["severity"].string_or("")));
    reason.details = json_text(result);
  } else {
    return asking.failed(question.id, input.path,
                         "a result is neither a text nor an object with a text msg");
  }
  if (!reason.message.empty()) out.reasons.push_back(std::move(reason));
}

// Conftest tells rules the file that they are asked about.
std::string with_file(std::string_view path) {
  base::json::Writer json(0);
  std::string_view folder = base::dirname(path);
  json.begin_object().member("name", base::basename(path));
  json.member("dir", folder.empty() ? "." : folder).end_object();
  return " with data.conftest.file as " + json.take();
}

void ConftestPolicy::ask_all(Asking& asking, const ConftestInput& input, Judged& out) const {
  auto document = asking.parse(input.json, input.path);
  if (!document) return;
  std::string with = asks_for_file_ ? with_file(input.path) : "";
  std::map<std::vector<std::string>, std::vector<std::string>> excepted;
  for (const Question& question : questions_) {
    if (!excepted.contains(question.package)) {
      excepted[question.package] = exceptions(asking, question.package, *document, input);
    }
    const auto& names = excepted[question.package];
    bool except =
        std::find(names.begin(), names.end(), exception_name(question.rule)) != names.end();
    if (except) continue;
    auto value = asking.ask(entry_of(question.package, question.rule) + with, *document,
                            question.id, input.path);
    if (!value || value->root().boolean() == false) continue;
    if (!value->root().is_array()) {
      asking.failed(question.id, input.path, "the rule is no set of messages");
      continue;
    }
    value->root().each([&](Value result) { take(question, input, result, asking, out); });
  }
}

base::Result<Judged> ConftestPolicy::judge(Value input, const JudgeContext& context,
                                           policy::Evaluator& evaluator) const {
  Judged out;
  Asking asking(evaluator, options_.limits, context, out);
  std::vector<std::string> unreadable;
  auto inputs = conftest_inputs(input, unreadable);
  for (const std::string& place : unreadable) {
    asking.failed("", place, "not the document of a Dockerfile");
  }
  if (!inputs.empty()) out.lost = lost_;
  if (options_.combine) {
    if (!inputs.empty()) ask_all(asking, {"Combined", "", combined(inputs)}, out);
  } else {
    for (const ConftestInput& one : inputs) ask_all(asking, one, out);
  }
  put_in_order(out);
  return out;
}

bool recognises(const Files& files) {
  return std::any_of(files.begin(), files.end(), [](const auto& file) {
    if (!file.first.ends_with(".rego")) return false;
    Module module = read_module(file.first, file.second);
    return module.package == std::vector<std::string>{"main"};
  });
}

base::Result<std::unique_ptr<ForeignPolicy>> load(const Files& files, const ForeignOptions& options,
                                                  std::vector<Refusal>& refused) {
  Modules modules{read_modules(files, refused), {}};
  auto data = read_data(files, refused);
  // Conftest itself puts data.conftest.file there.
  data.push_back({"(conftest)", {"conftest"}, "{}"});
  auto program = compile_rest(modules, data, options.limits, refused, functions());
  put_in_order(refused);
  auto made = std::make_unique<ConftestPolicy>(TRY(std::move(program)), options, modules);
  if (made->empty()) {
    return base::Error(base::Code::kInvalid,
                       "no rule named deny, violation or warn in the packages that count");
  }
  return std::unique_ptr<ForeignPolicy>(std::move(made));
}

}  // namespace

extern constinit const Adaptor descriptor = {
    .name = "conftest",
    .summary = "Conftest policies: deny, violation and warn about parsed files",
    .recognises = recognises,
    .load = load,
    .functions = functions,
};

}  // namespace bulkhead::decide::adaptors::conftest
