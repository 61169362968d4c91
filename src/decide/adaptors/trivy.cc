// SPDX-License-Identifier: Apache-2.0
// Checks of Trivy (https://trivy.dev): one check a package, described by METADATA, `deny` rules
// whose results are texts, objects or what result.new made, for Dockerfiles, Kubernetes objects,
// JSON, YAML and TOML. Libraries (data.lib.*) come with the content.
#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "decide/foreign.h"
#include "decide/foreign/ask.h"
#include "decide/foreign/compile.h"
#include "decide/foreign/dockerfile_shapes.h"
#include "decide/foreign/inputs.h"
#include "decide/foreign/trivy_builtins.h"
#include "decide/foreign/trivy_check.h"
#include "posture/dockerfile_document.h"

namespace bulkhead::decide::adaptors::trivy {
namespace {

using base::json::Value;
using base::json::Writer;
using model::Decision;

constexpr MissingFunction kMissing[] = {
    {"squealer.scan_string", "secrets in text are not looked for by this function here"},
    {"http.send", "rules may not reach the network"},
};

HostFunctions functions() { return {kMissing, trivy_builtins()}; }

bool is_enforced(std::string_view rule) { return rule == "deny" || rule.starts_with("deny_"); }

// One thing that checks are asked about.
struct Input {
  std::vector<std::string> types;  // all it counts as
  std::string kind;                // of a Kubernetes object, lower case
  std::string subject, path, place;
  std::string json;
};

struct RulesOfModule {
  std::set<std::string> enforced;
  bool exception = false;
  bool legacy = false;  // describes itself by rules
};

std::map<std::string, RulesOfModule> rules_by_path(const policy::Program& program) {
  std::map<std::string, RulesOfModule> out;
  for (const policy::Rule& rule : program.rules()) {
    if (rule.kind == policy::RuleKind::kFunction) continue;
    RulesOfModule& rules = out[rule.path];
    if (is_enforced(rule.name)) rules.enforced.insert(rule.name);
    rules.exception = rules.exception || rule.name == "exception";
    rules.legacy = rules.legacy || rule.name.starts_with("__rego_");
  }
  return out;
}

class TrivyPolicy final : public ForeignPolicy {
 public:
  TrivyPolicy(policy::Program program, const ForeignOptions& options)
      : ForeignPolicy(std::move(program)), options_(options) {}

  base::Status read_checks(const Modules& modules, std::vector<Refusal>& refused);
  base::Result<Judged> judge(Value input, const JudgeContext& context,
                             policy::Evaluator& evaluator) const override;

 private:
  bool counts(const Module& module) const;
  void add_check(TrivyCheck check, std::vector<Refusal>& refused);
  void add_lost(const GoneModule& gone);
  std::vector<Input> inputs_of(Value input, Asking& asking) const;
  void ask_check(const TrivyCheck& check, const Input& input, const policy::Document& document,
                 Asking& asking, Judged& out) const;
  bool excepted(const TrivyCheck& check, const std::string& rule, const Input& input,
                const policy::Document& document, Asking& asking) const;
  void take(const TrivyCheck& check, const Input& input, Value result, Judged& out) const;

  ForeignOptions options_;
  std::vector<TrivyCheck> checks_;
  std::vector<TrivyCheck> lost_checks_;  // what those of lost() say about themselves
  std::set<std::string> ids_;
  std::set<std::vector<std::string>> exceptions_;  // packages with a rule `exception`
};

bool TrivyPolicy::counts(const Module& module) const {
  const auto& wanted = options_.namespaces;
  const std::string package = module.package_name() + ".";
  return wanted.empty() || std::any_of(wanted.begin(), wanted.end(), [&](const std::string& name) {
           return name == "*" || package.starts_with(name + ".");
         });
}

void TrivyPolicy::add_check(TrivyCheck check, std::vector<Refusal>& refused) {
  // First: a check that is asked nothing needs no rules. Trivy ships deprecated ones without.
  std::string reason = why_not(check);
  if (!reason.empty()) {
    refused.push_back({check.path, check.info.line, "check " + check.info.id, reason});
    return;
  }
  if (check.rules.empty()) {
    refused.push_back({check.path, check.info.line, "check " + check.info.id,
                       "describes a check and has no rule named deny: it is cut off, or a library, "
                       "which says \"library: true\" under custom",
                       0, true});
    return;
  }
  if (!ids_.insert(check.info.id).second) {
    check.info.id = base::join(check.package, ".");
    ids_.insert(check.info.id);
  }
  rules_.push_back({check.info, check.path});
  checks_.push_back(std::move(check));
}

// What would not be asked if it could be loaded is not lost. The rules by which an old check
// describes itself cannot be asked here: such a one counts for every input.
void TrivyPolicy::add_lost(const GoneModule& gone) {
  TrivyCheck check = describe_check(gone.module, Value());
  auto names = names_like_rules(gone.module);
  bool judges = std::any_of(names.begin(), names.end(), is_enforced);
  if (!judges || check.library || !counts(gone.module) || !why_not(check).empty()) return;
  lost_.push_back({check.info.id, Decision::kDeny, gone.cause, ""});
  lost_checks_.push_back(std::move(check));
}

base::Status TrivyPolicy::read_checks(const Modules& modules, std::vector<Refusal>& refused) {
  policy::Evaluator evaluator = TRY(program_.evaluator());
  Judged ignored;
  JudgeContext context;
  Asking asking(evaluator, options_.limits, context, ignored);
  auto nothing = TRY(policy::Document::parse("{}", options_.limits));
  auto by_path = rules_by_path(program_);
  for (const GoneModule& gone : modules.gone) add_lost(gone);
  for (const Module& module : modules.in_force) {
    const RulesOfModule& rules = by_path[module.path];
    if (rules.exception) exceptions_.insert(module.package);
    std::string said = "{}";
    if (rules.legacy && module.package_annotation() == nullptr) {
      auto metadata = asking.ask(entry_of(module.package, "__rego_metadata__"), nothing, "", "");
      auto input = asking.ask(entry_of(module.package, "__rego_input__"), nothing, "", "");
      Writer json(0);
      json.begin_object();
      if (metadata) json.key("metadata").raw(json_text(metadata->root()));
      if (input) json.key("input").raw(json_text(input->root()));
      said = json.end_object().take();
    }
    auto document = TRY(base::json::Document::parse(said));
    TrivyCheck check = describe_check(module, document.root());
    bool silent = rules.enforced.empty() && !check.described;
    if (check.library || silent || !counts(module)) continue;
    check.rules.assign(rules.enforced.begin(), rules.enforced.end());
    add_check(std::move(check), refused);
  }
  std::sort(rules_.begin(), rules_.end(),
            [](const ForeignRule& a, const ForeignRule& b) { return a.info.id < b.info.id; });
  return {};
}

std::vector<Input> TrivyPolicy::inputs_of(Value input, Asking& asking) const {
  std::vector<Input> out;
  for (const InputFile& file : input_files(input)) {
    Input made;
    made.path = file.path;
    made.subject = file.path;
    made.place = file.place();
    if (file.kind == "dockerfile") {
      auto dockerfile = posture::dockerfile_of_document(file.document, base::Limits());
      if (!dockerfile) {
        asking.failed("", made.place, dockerfile.error().message());
        continue;
      }
      made.types = {"dockerfile"};
      made.json = trivy_dockerfile(*dockerfile, file.path);
    } else if (file.kind == "kubernetes") {
      continue;  // below
    } else {
      made.types = {file.kind == "json" ? "json" : file.kind == "toml" ? "toml" : "yaml"};
      made.json = json_text(file.document);
    }
    out.push_back(std::move(made));
  }
  for (const InputObject& object : input_objects(input)) {
    Input made;
    std::string_view path = object.place;
    path = path.substr(0, path.rfind(':'));
    made.types = {"kubernetes", path.ends_with(".json") ? "json" : "yaml"};
    auto group = group_and_version(object.object["apiVersion"].string_or("")).first;
    if (group == "rbac.authorization.k8s.io") made.types.emplace_back("rbac");
    made.kind = base::lower(object.object["kind"].string_or(""));
    made.subject = object.name();
    made.path = path;
    made.place = object.place;
    made.json = json_text(object.object);
    out.push_back(std::move(made));
  }
  return out;
}

bool applies(const TrivyCheck& check, const Input& input) {
  if (check.selectors.empty()) return true;
  return std::any_of(
      check.selectors.begin(), check.selectors.end(), [&](const TrivySelector& selector) {
        bool type =
            std::find(input.types.begin(), input.types.end(), selector.type) != input.types.end();
        bool kind = selector.kinds.empty() || selector.type != "kubernetes" ||
                    std::find(selector.kinds.begin(), selector.kinds.end(), input.kind) !=
                        selector.kinds.end();
        return type && kind;
      });
}

// `exception` of the check's own package lists the ends of rule names; that of the package
// namespace.exceptions lists whole packages.
bool TrivyPolicy::excepted(const TrivyCheck& check, const std::string& rule, const Input& input,
                           const policy::Document& document, Asking& asking) const {
  bool found = false;
  if (exceptions_.contains(check.package)) {
    auto value =
        asking.ask(entry_of(check.package, "exception"), document, check.info.id, input.subject);
    if (value) {
      value->root().each([&](Value list) {
        list.each([&](Value name) { found = found || rule.ends_with(name.string_or("?")); });
      });
    }
  }
  if (found || !exceptions_.contains({"namespace", "exceptions"})) return found;
  auto value =
      asking.ask("data.namespace.exceptions.exception", document, check.info.id, input.subject);
  if (!value) return false;
  std::string package = base::join(check.package, ".");
  value->root().each([&](Value name) { found = found || name.string_or("") == package; });
  return found;
}

void TrivyPolicy::take(const TrivyCheck& check, const Input& input, Value result,
                       Judged& out) const {
  ForeignReason reason;
  reason.rule = check.info.id;
  reason.subject = input.subject;
  reason.path = input.place;
  reason.severity = check.info.severity;
  reason.fix = check.info.fix;
  Value cause = result;
  if (result.is_array()) {  // a message and a cause
    result.each([&](Value part) {
      if (part.is_string()) reason.message = part.string_or("");
      if (part.is_object()) cause = part;
    });
  } else if (result.is_string()) {
    reason.message = result.string_or("");
  }
  if (reason.message.empty()) reason.message = cause["msg"].string_or("");
  if (reason.message.empty()) reason.message = check.info.title;
  std::string_view path = cause["filepath"].string_or("");
  if (path.empty()) path = input.path;
  int64_t line = cause["startline"].integer().value_or(0);
  if (line > 0) reason.path = std::string(path) + ":" + std::to_string(line);
  if (!cause["resource"].string_or("").empty()) reason.details = json_text(cause);
  out.reasons.push_back(std::move(reason));
}

void TrivyPolicy::ask_check(const TrivyCheck& check, const Input& input,
                            const policy::Document& document, Asking& asking, Judged& out) const {
  for (const std::string& rule : check.rules) {
    auto value = asking.ask(entry_of(check.package, rule), document, check.info.id, input.subject);
    if (!value) continue;
    Value results = value->root();
    bool none = results.boolean() == false || (results.is_array() && results.size() == 0);
    if (none || excepted(check, rule, input, document, asking)) continue;
    if (results.is_array()) {
      results.each([&](Value result) { take(check, input, result, out); });
    } else {
      take(check, input, results, out);
    }
  }
}

base::Result<Judged> TrivyPolicy::judge(Value input, const JudgeContext& context,
                                        policy::Evaluator& evaluator) const {
  Judged out;
  Asking asking(evaluator, options_.limits, context, out);
  auto inputs = inputs_of(input, asking);
  for (const Input& one : inputs) {
    std::optional<policy::Document> document;
    for (const TrivyCheck& check : checks_) {
      if (check.combine || !applies(check, one)) continue;
      if (!document) document = asking.parse(one.json, one.subject);
      if (!document) break;
      ask_check(check, one, *document, asking, out);
    }
  }
  for (size_t i = 0; i < lost_.size(); ++i) {
    auto first = std::find_if(inputs.begin(), inputs.end(),
                              [&](const Input& one) { return applies(lost_checks_[i], one); });
    if (first == inputs.end()) continue;
    out.lost.push_back(lost_[i]);
    out.lost.back().subject = first->subject;
  }
  for (const TrivyCheck& check : checks_) {
    if (!check.combine) continue;
    Input all;
    all.subject = "all files";
    Writer json(0);
    json.begin_array();
    for (const Input& one : inputs) {
      if (!applies(check, one)) continue;
      json.begin_object().member("path", one.path).key("contents").raw(one.json).end_object();
    }
    all.json = json.end_array().take();
    auto document = asking.parse(all.json, all.subject);
    if (document) ask_check(check, all, *document, asking, out);
  }
  put_in_order(out);
  return out;
}

bool recognises(const Files& files) {
  return std::any_of(files.begin(), files.end(), [](const auto& file) {
    if (!file.first.ends_with(".rego")) return false;
    Module module = read_module(file.first, file.second);
    // Policies of Conftest may carry METADATA, too.
    bool other = module.package.empty() || module.package.front() == "main";
    if (other || module.package.front() == "lib") return false;
    const Annotation* annotation = module.package_annotation();
    bool described = annotation != nullptr && annotation->content["custom"].is_mapping();
    return described || file.second.find("__rego_metadata__") != std::string::npos ||
           !lines_that_call(module, "result.new").empty();
  });
}

// data.namespaces: what checks of exceptions look at.
policy::DataSource namespaces_of(const std::vector<Module>& modules) {
  Writer json(0);
  json.begin_array();
  for (const Module& module : modules) json.value(module.package_name());
  json.end_array();
  return {"(trivy)", {"namespaces"}, json.take()};
}

// A description that cannot be read would change what the check is asked about.
void note_annotations(const std::vector<Module>& modules, std::vector<Refusal>& refused) {
  for (const Module& module : modules) {
    for (const Module::Problem& problem : module.problems) {
      refused.push_back({module.path, problem.line, "METADATA", problem.what, 1, true});
    }
  }
}

base::Result<std::unique_ptr<ForeignPolicy>> load(const Files& files, const ForeignOptions& options,
                                                  std::vector<Refusal>& refused) {
  Modules modules{read_modules(files, refused), {}};
  auto data = read_data(files, refused);
  data.push_back(namespaces_of(modules.in_force));
  note_annotations(modules.in_force, refused);
  auto program = compile_rest(modules, data, options.limits, refused, functions());
  put_in_order(refused);
  auto made = std::make_unique<TrivyPolicy>(TRY(std::move(program)), options);
  TRY(made->read_checks(modules, refused));
  put_in_order(refused);
  return std::unique_ptr<ForeignPolicy>(std::move(made));
}

}  // namespace

extern constinit const Adaptor descriptor = {
    .name = "trivy",
    .summary = "Trivy checks for Dockerfiles, Kubernetes, JSON, YAML and TOML",
    .recognises = recognises,
    .load = load,
    .functions = functions,
};

}  // namespace bulkhead::decide::adaptors::trivy
