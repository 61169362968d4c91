// SPDX-License-Identifier: Apache-2.0
// Gatekeeper (https://open-policy-agent.github.io/gatekeeper): ConstraintTemplates in Rego and the
// constraints that use them, asked about Kubernetes objects.
//
// All templates are one program. For one object: constraints are matched in C++, the input (review
// and the names of the constraints that matched) is made and parsed once, and each template that
// has work is asked through a rule of ours, which sets `input` as Gatekeeper's own hook does.
#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "base/text.h"
#include "decide/foreign.h"
#include "decide/foreign/ask.h"
#include "decide/foreign/compile.h"
#include "decide/foreign/constraint_template.h"
#include "decide/foreign/review.h"

namespace bulkhead::decide::adaptors::gatekeeper {
namespace {

using base::json::Value;
using base::json::Writer;
using model::Decision;

constexpr std::string_view kGenerated = "(gatekeeper)";

constexpr MissingFunction kMissing[] = {
    {"external_data", "providers of external data are not asked"},
    {"http.send", "rules may not reach the network"},
};

HostFunctions functions() { return {kMissing}; }

// The rule that asks a template for each of its constraints that matched.
std::string hook(const ConstraintTemplate& made) {
  return "package gatekeeper_hooks." + made.name + R"(

violation contains {"key": key, "found": found} if {
	some key in input.constraints.)" +
         made.name + R"(
	asked := {"review": input.review, "parameters": data.gatekeeper_parameters[key]}
)" + (made.uses_inventory ? "\tinventory := input.inventory\n" : "") +
         "\tsome found in data.gatekeeper." + made.name + ".violation with input as asked" +
         (made.uses_inventory ? " with data.inventory as inventory" : "") + "\n}\n";
}

Decision level_of(std::string_view action) {
  return action == "warn" ? Decision::kWarn : Decision::kDeny;
}

class GatekeeperPolicy final : public ForeignPolicy {
 public:
  GatekeeperPolicy(policy::Program program, const policy::Limits& limits, GatekeeperContent content)
      : ForeignPolicy(std::move(program)), limits_(limits), content_(std::move(content)) {
    for (size_t i = 0; i < content_.constraints.size(); ++i) {
      const Constraint& constraint = content_.constraints[i];
      if (constraint.in_force()) {
        describe(constraint);
      } else {
        lost_of_.emplace(i, lost_.size());
        lost_.push_back({constraint.id(), level_of(constraint.action), refusal_of(constraint), ""});
      }
    }
    std::sort(rules_.begin(), rules_.end(),
              [](const ForeignRule& a, const ForeignRule& b) { return a.info.id < b.info.id; });
    for (const ConstraintTemplate& made : content_.templates) {
      uses_inventory_ = uses_inventory_ || made.uses_inventory;
    }
  }

  base::Result<Judged> judge(Value input, const JudgeContext& context,
                             policy::Evaluator& evaluator) const override;

 private:
  using Matched = std::map<std::string, std::vector<size_t>>;  // template -> constraints
  using Lost = std::map<size_t, std::string>;  // constraint not in force -> first object it is for
  // What is there beside the object that is asked about.
  struct Around {
    Namespaces namespaces;
    policy::Document inventory;
  };

  void describe(const Constraint& constraint);
  const ConstraintTemplate& template_of(const Constraint& constraint) const;
  Matched match(const InputObject& object, Value name_space, model::Stage stage, Asking& asking,
                Lost& lost) const;
  std::optional<policy::Document> document_for(const InputObject& object, Value name_space,
                                               const Matched& matched,
                                               const policy::Document& inventory,
                                               Asking& asking) const;
  void judge_object(const InputObject& object, const Around& around, const JudgeContext& context,
                    Asking& asking, Lost& lost, Judged& out) const;
  void take(const InputObject& object, Value result, model::Stage stage, Asking& asking,
            Judged& out) const;

  policy::Limits limits_;
  GatekeeperContent content_;
  std::map<size_t, size_t> lost_of_;  // constraint -> place in lost()
  bool uses_inventory_ = false;
};

const ConstraintTemplate& GatekeeperPolicy::template_of(const Constraint& constraint) const {
  return content_.templates[constraint.of];
}

// What a constraint does, unless it denies or warns everywhere.
std::string action_text(const Constraint& constraint) {
  if (constraint.action == "deny" || constraint.action == "warn") return "";
  if (constraint.action != "scoped") return constraint.action;
  std::string out;
  for (model::Stage stage : {model::Stage::kBuild, model::Stage::kRegistry,
                             model::Stage::kAdmission, model::Stage::kRuntime}) {
    std::string_view action = constraint.action_at(stage);
    if (action.empty()) continue;
    out += (out.empty() ? "" : ", ") + std::string(model::stage_name(stage)) + ": ";
    out += action;
  }
  return out.empty() ? "at no stage" : out;
}

void GatekeeperPolicy::describe(const Constraint& constraint) {
  const ConstraintTemplate& made = template_of(constraint);
  ForeignRule rule;
  rule.info.id = constraint.id();
  rule.info.title = made.title;
  rule.info.why = made.description;
  rule.info.level = level_of(constraint.action);
  rule.action = action_text(constraint);
  rule.info.line = constraint.line;
  rule.path = constraint.path;
  rules_.push_back(std::move(rule));
}

GatekeeperPolicy::Matched GatekeeperPolicy::match(const InputObject& object, Value name_space,
                                                  model::Stage stage, Asking& asking,
                                                  Lost& lost) const {
  Matched matched;
  Value old = object.request["oldObject"];
  for (size_t i = 0; i < content_.constraints.size(); ++i) {
    const Constraint& constraint = content_.constraints[i];
    if (constraint.action_at(stage).empty()) continue;
    Matching fits = constraint.match.matches({object.object, name_space});
    if (fits == Matching::kNo && old.is_object()) {
      fits = constraint.match.matches({old, name_space});
    }
    if (fits == Matching::kUnknown) {
      asking.unknown(constraint.id(), object.name(),
                     "its namespaceSelector needs the labels of namespace " +
                         std::string(object.object["metadata"]["namespace"].string_or("")));
    } else if (fits == Matching::kYes && !constraint.in_force()) {
      lost.emplace(i, object.name());
    } else if (fits == Matching::kYes) {
      matched[template_of(constraint).name].push_back(i);
    }
  }
  return matched;
}

void GatekeeperPolicy::take(const InputObject& object, Value result, model::Stage stage,
                            Asking& asking, Judged& out) const {
  auto number = base::to_number<size_t>(result["key"].string_or("").substr(1));
  if (!number || *number >= content_.constraints.size()) return;
  const Constraint& constraint = content_.constraints[*number];
  Value found = result["found"];
  if (!found["msg"].is_string()) {
    return asking.failed(constraint.id(), object.name(), "a violation whose msg is no text");
  }
  ForeignReason reason;
  reason.rule = constraint.id();
  reason.message = found["msg"].string_or("");
  reason.subject = object.name();
  reason.path = object.place;
  std::string_view action = constraint.action_at(stage);
  reason.level = level_of(action);
  reason.observed = action == "dryrun";
  if (found["details"].size() > 0) reason.details = json_text(found["details"]);
  out.reasons.push_back(std::move(reason));
}

// What the hooks ask for: {review, constraints: {template: [keys]}, inventory}. The inventory is
// large and the same for all, so it is parsed once.
std::optional<policy::Document> GatekeeperPolicy::document_for(const InputObject& object,
                                                               Value name_space,
                                                               const Matched& matched,
                                                               const policy::Document& inventory,
                                                               Asking& asking) const {
  Writer review(0);
  write_review(review, object, name_space);
  Writer keys(0);
  keys.begin_object();
  for (const auto& [name, constraints] : matched) {
    keys.key(name).begin_array();
    for (size_t number : constraints) keys.value("c" + std::to_string(number));
    keys.end_array();
  }
  keys.end_object();
  auto reviewed = asking.parse(review.take(), object.name());
  auto asked = asking.parse(keys.take(), object.name());
  if (!reviewed || !asked) return std::nullopt;
  std::vector<std::pair<std::string_view, policy::Document>> members = {{"review", *reviewed},
                                                                        {"constraints", *asked}};
  if (uses_inventory_) members.emplace_back("inventory", inventory);
  auto document = policy::Document::object(members);
  if (document) return std::move(*document);
  asking.failed("", object.name(), document.error().message());
  return std::nullopt;
}

void GatekeeperPolicy::judge_object(const InputObject& object, const Around& around,
                                    const JudgeContext& context, Asking& asking, Lost& lost,
                                    Judged& out) const {
  Value name_space = namespace_of_object(object, around.namespaces);
  Matched matched = match(object, name_space, context.stage, asking, lost);
  if (matched.empty()) return;
  auto document = document_for(object, name_space, matched, around.inventory, asking);
  if (!document) return;
  for (const auto& [name, constraints] : matched) {
    auto value = asking.ask("data.gatekeeper_hooks." + name + ".violation", *document,
                            content_.constraints[constraints.front()].id(), object.name());
    if (!value) continue;
    value->root().each([&](Value result) { take(object, result, context.stage, asking, out); });
  }
}

base::Result<Judged> GatekeeperPolicy::judge(Value input, const JudgeContext& context,
                                             policy::Evaluator& evaluator) const {
  Judged out;
  Asking asking(evaluator, limits_, context, out);
  auto objects = input_objects(input);
  Around around;
  around.namespaces = namespaces_of(objects);
  if (uses_inventory_) {
    auto inventory = asking.parse(inventory_json(objects), "all objects");
    if (!inventory) return out;  // a failure
    around.inventory = std::move(*inventory);
  }
  Lost lost;
  for (const InputObject& object : objects) {
    std::string_view group = group_and_version(object.object["apiVersion"].string_or("")).first;
    if (group.ends_with(".gatekeeper.sh")) continue;  // the rules themselves
    judge_object(object, around, context, asking, lost, out);
  }
  for (const auto& [number, subject] : lost) {
    std::string_view action = content_.constraints[number].action_at(context.stage);
    if (action == "dryrun") continue;
    out.lost.push_back(lost_[lost_of_.at(number)]);
    out.lost.back().subject = subject;
    out.lost.back().level = level_of(action);
  }
  put_in_order(out);
  return out;
}

// Parameters of all constraints by their number: data.gatekeeper_parameters.c0.
policy::DataSource parameters_of(const GatekeeperContent& content) {
  Writer json(0);
  json.begin_object();
  for (size_t i = 0; i < content.constraints.size(); ++i) {
    json.key("c" + std::to_string(i)).raw(content.constraints[i].parameters);
  }
  json.end_object();
  return {std::string(kGenerated), {"gatekeeper_parameters"}, json.take()};
}

// Templates of which a module is not in force take their constraints with them.
void keep_whole(GatekeeperContent& content, const Modules& modules) {
  std::map<std::string, const Refusal*> gone;  // by path of the module
  for (const GoneModule& module : modules.gone) gone.emplace(module.module.path, &module.cause);
  for (Constraint& constraint : content.constraints) {
    if (!constraint.in_force()) continue;
    for (const Module& module : content.templates[constraint.of].modules) {
      auto cause = gone.find(module.path);
      if (cause == gone.end()) continue;
      constraint.why_not = cause->second->construct + ": " + cause->second->reason;
      break;
    }
  }
}

// Templates that are in force and find nothing, which Gatekeeper does not take.
void note_without_violation(const GatekeeperContent& content, const policy::Program& program,
                            const Modules& modules, std::vector<Refusal>& refused) {
  std::set<std::string> in_force, judging;
  for (const Module& module : modules.in_force) in_force.insert(module.path);
  for (const policy::Rule& rule : program.rules()) {
    if (rule.name == "violation") judging.insert(rule.package);
  }
  for (const ConstraintTemplate& made : content.templates) {
    bool whole = std::all_of(made.modules.begin(), made.modules.end(),
                             [&](const Module& module) { return in_force.contains(module.path); });
    if (!whole || judging.contains("gatekeeper." + made.name)) continue;
    refused.push_back({made.path, made.line, "ConstraintTemplate " + made.kind,
                       "has no rule violation; is it cut off?", 0, true});
  }
}

void refuse_constraints(const GatekeeperContent& content, std::vector<Refusal>& refused) {
  for (const Constraint& constraint : content.constraints) {
    if (!constraint.in_force()) refused.push_back(refusal_of(constraint));
  }
}

bool recognises(const Files& files) {
  return std::any_of(files.begin(), files.end(), [](const auto& file) {
    return !file.first.ends_with(".rego") &&
           file.second.find("templates.gatekeeper.sh/") != std::string::npos;
  });
}

// The column of a place in the text of a template, in the file: blocks are indented there. 0 when
// the file's line does not end as the module's does.
uint32_t column_in_file(std::string_view file, const Module& module, const Refusal& refusal) {
  auto line_of = [&](std::string_view text) {
    auto lines = base::split(text, '\n');
    return refusal.line - 1 < lines.size() ? lines[refusal.line - 1] : std::string_view();
  };
  if (refusal.line == 0 || refusal.column == 0) return 0;
  std::string_view whole = line_of(file), part = line_of(module.text);
  if (!whole.ends_with(part)) return 0;
  return refusal.column + static_cast<uint32_t>(whole.size() - part.size());
}

// Modules are named after their file and template; those made here are nobody's concern, unless
// what is broken (a parameter that nests too deeply) shows in them.
void name_by_file(const Files& files, const GatekeeperContent& content,
                  std::vector<Refusal>& refused) {
  std::erase_if(refused,
                [](const Refusal& r) { return r.path.starts_with(kGenerated) && !r.broken; });
  std::map<std::string, const Module*> modules;
  for (const ConstraintTemplate& made : content.templates) {
    for (const Module& module : made.modules) modules.emplace(module.path, &module);
  }
  for (Refusal& refusal : refused) {
    auto module = modules.find(refusal.path);
    if (module == modules.end()) continue;
    refusal.path.resize(std::min(refusal.path.size(), refusal.path.find(" (")));
    auto file = files.find(refusal.path);
    std::string_view text = file == files.end() ? std::string_view() : file->second;
    refusal.column = column_in_file(text, *module->second, refusal);
  }
  put_in_order(refused);
}

base::Result<std::unique_ptr<ForeignPolicy>> load(const Files& files, const ForeignOptions& options,
                                                  std::vector<Refusal>& refused) {
  GatekeeperContent content = read_gatekeeper(files, refused);
  if (content.too_many) {
    return base::Error(base::Code::kLimit, "more templates or constraints than are looked at");
  }
  Modules modules;
  for (const ConstraintTemplate& made : content.templates) {
    const auto& own = made.modules;
    modules.in_force.insert(modules.in_force.end(), own.begin(), own.end());
    std::string path = std::string(kGenerated) + "/" + made.name;
    modules.in_force.push_back(read_module(path, hook(made)));
  }
  std::vector<policy::DataSource> data;
  data.push_back(parameters_of(content));
  data.push_back({std::string(kGenerated), {"inventory"}, R"({"cluster":{},"namespace":{}})"});
  auto program = compile_rest(modules, data, options.limits, refused, functions());
  if (program) note_without_violation(content, *program, modules, refused);
  keep_whole(content, modules);
  refuse_constraints(content, refused);
  name_by_file(files, content, refused);
  return std::unique_ptr<ForeignPolicy>(std::make_unique<GatekeeperPolicy>(
      TRY(std::move(program)), options.limits, std::move(content)));
}

}  // namespace

extern constinit const Adaptor descriptor = {
    .name = "gatekeeper",
    .summary = "Gatekeeper: ConstraintTemplates in Rego and their constraints",
    .recognises = recognises,
    .load = load,
    .functions = functions,
};

}  // namespace bulkhead::decide::adaptors::gatekeeper
