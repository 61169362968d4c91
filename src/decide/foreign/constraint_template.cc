// SPDX-License-Identifier: Apache-2.0
// Reads ConstraintTemplates (templates.gatekeeper.sh/v1, v1beta1, v1alpha1) and constraints
// (constraints.gatekeeper.sh).
//
// Gatekeeper gives each template a compiler of its own, so all may use the same package names. Here
// they share one program: one compile, one parsed object for all of them. So packages are renamed,
// and references to `data.lib` with them; that is done on tokens, and keeps every line where it
// was, so that errors name the template's own lines.
#include "decide/foreign/constraint_template.h"

#include <algorithm>
#include <map>

#include "base/node_json.h"
#include "base/text.h"
#include "decide/bundle/yaml_members.h"
#include "decide/foreign/inputs.h"
#include "posture/objects.h"

namespace bulkhead::decide {
namespace {

using base::Node;
using base::json::Document;
using base::json::Value;
using policy::rego::Token;
using policy::rego::TokenKind;

constexpr size_t kMaxTemplates = 2'000;
constexpr size_t kMaxConstraints = 5'000;
constexpr std::string_view kGroups = "gatekeeper.sh/";
constexpr std::string_view kTarget = "admission.k8s.gatekeeper.sh";

// One module with its package renamed and data.lib moved to where the libraries now stand.
std::string renamed(const Module& module, const std::string& package,
                    const std::string& libraries) {
  auto lexed = policy::rego::lex(module.path, module.text);
  std::string out;
  size_t done = 0;
  bool in_package = false;
  for (size_t at = 0; at < lexed.tokens.size(); ++at) {
    const Token& token = lexed.tokens[at];
    size_t end = token.offset + token.text.size();
    if (in_package) {
      bool part = token.line == module.package_line && token.kind != TokenKind::kComment;
      if (part) {
        done = end;
        continue;
      }
      in_package = false;
    }
    out.append(module.text, done, token.offset - done);
    done = end;
    bool member = at > 0 && lexed.tokens[at - 1].is(".");
    if (token.is("package") && token.line == module.package_line) {
      out += "package " + package;
      in_package = true;
      continue;
    }
    out += token.text;
    bool dotted = at + 2 < lexed.tokens.size() && lexed.tokens[at + 1].is(".") &&
                  lexed.tokens[at + 2].is("lib");
    bool indexed = at + 2 < lexed.tokens.size() && lexed.tokens[at + 1].is("[") &&
                   lexed.tokens[at + 2].text == "\"lib\"";
    if (token.is("data") && !member && (dotted || indexed)) out += "." + libraries;
  }
  out.append(module.text, done);
  return out;
}

// What a template may not refer to.
std::optional<DataReference> foreign_reference(const Module& module) {
  for (const DataReference& reference : module.references) {
    const std::string& first = reference.path.front();
    if (first != "lib" && first != "inventory") return reference;
  }
  return std::nullopt;
}

class Reader {
 public:
  Reader(const Files& files, std::vector<Refusal>& refused) : files_(files), refused_(refused) {}

  GatekeeperContent read() {
    for (const auto& [path, text] : files_) {
      if (is_yaml(path) || path.ends_with(".json")) read_file(path, text);
    }
    for (const Node* node : later_) read_constraint(*node);
    return std::move(out_);
  }

 private:
  void read_file(const std::string& path, const std::string& text) {
    auto documents = base::parse_yaml_stream(text, base::Limits());
    if (!documents) {
      // Templates of Helm and the like are no YAML; only what names a kind of Gatekeeper is its
      // content.
      bool content = text.find(kGroups) != std::string::npos;
      refused_.push_back({path, 0, content ? "" : "file", documents.error().message(), 0, content});
      return;
    }
    parsed_.push_back(std::make_unique<std::vector<Node>>(std::move(*documents)));
    for (const Node& document : *parsed_.back()) {
      for (const Node* object : posture::kubernetes_objects(document)) {
        paths_[object] = path;
        read_object(*object);
      }
    }
  }

  void read_object(const Node& object) {
    std::string_view group = group_and_version(object["apiVersion"].text).first;
    if (group == "templates.gatekeeper.sh" && object["kind"].text == "ConstraintTemplate") {
      out_.too_many = out_.too_many || out_.templates.size() == kMaxTemplates;
      if (!out_.too_many) read_template(object);
    } else if (group == "constraints.gatekeeper.sh") {
      out_.too_many = out_.too_many || later_.size() == kMaxConstraints;
      if (!out_.too_many) later_.push_back(&object);
    } else if (group.ends_with(".gatekeeper.sh") && group != "test.gatekeeper.sh") {
      refuse(paths_[&object], object.line, "kind " + object["kind"].text,
             "only templates and constraints judge objects");
    }
  }

  void refuse(const std::string& path, uint32_t line, std::string construct, std::string reason) {
    refused_.push_back({path, line, std::move(construct), std::move(reason)});
  }
  void broken(const std::string& path, uint32_t line, std::string construct, std::string reason) {
    refused_.push_back({path, line, std::move(construct), std::move(reason), 0, true});
  }

  void read_template(const Node& object);
  bool read_code(const Node& target, ConstraintTemplate& made);
  bool add_module(const Node& text, const std::string& name, bool library, policy::Dialect dialect,
                  ConstraintTemplate& made);
  bool add_modules(const Node& rego, const Node& libs, policy::Dialect dialect,
                   ConstraintTemplate& made);
  void read_constraint(const Node& object);
  std::string what_is_wrong(const Constraint& made) const;
  std::string read_spec(const Node& object, Constraint& made);
  bool read_action(const Value& spec, Constraint& made);

  const Files& files_;
  std::vector<Refusal>& refused_;
  GatekeeperContent out_;
  std::vector<std::unique_ptr<std::vector<Node>>> parsed_;
  std::map<const Node*, std::string> paths_;
  std::map<std::string, std::string> gone_;  // kind of a refused template -> why
  std::map<std::string, std::pair<std::string, uint32_t>> places_;  // of constraints, by id
  std::vector<const Node*> later_;
};

void Reader::read_template(const Node& object) {
  ConstraintTemplate made;
  made.path = paths_[&object];
  made.line = object.line;
  made.kind = object["spec"]["crd"]["spec"]["names"]["kind"].string_or("");
  made.name = "t" + std::to_string(out_.templates.size());
  const Node& annotations = object["metadata"]["annotations"];
  made.title = annotations["metadata.gatekeeper.sh/title"].string_or(made.kind);
  made.description = annotations["description"].string_or("");
  const Node& schema = object["spec"]["crd"]["spec"]["validation"]["openAPIV3Schema"];
  if (schema.is_mapping()) {
    made.schema = base::node_to_json(schema, base::ScalarSchema::kYaml11);
  }
  const Node& targets = object["spec"]["targets"];
  if (made.kind.empty() || targets.items.empty()) {
    return broken(made.path, made.line, "ConstraintTemplate",
                  "has no kind or no targets; is the file cut off?");
  }
  auto twice = std::find_if(out_.templates.begin(), out_.templates.end(),
                            [&](const ConstraintTemplate& t) { return t.kind == made.kind; });
  if (twice != out_.templates.end()) {
    return broken(made.path, made.line, "ConstraintTemplate " + made.kind,
                  "stands twice: the template in " + twice->path + ":" +
                      std::to_string(twice->line) + " has this kind, too");
  }
  if (gone_.contains(made.kind)) {
    return broken(made.path, made.line, "ConstraintTemplate " + made.kind,
                  "stands twice: another template has this kind, too");
  }
  const size_t before = refused_.size();
  for (const Node& target : targets.items) {
    if (target["target"].string_or("") != kTarget) {
      refuse(made.path, target.line, "target " + target["target"].text,
             "only " + std::string(kTarget) + " is judged");
      continue;
    }
    if (read_code(target, made)) return out_.templates.push_back(std::move(made));
    break;
  }
  if (refused_.size() == before) return;
  const Refusal& cause = refused_.back();
  gone_.emplace(made.kind, cause.construct + ": " + cause.reason);
}

bool Reader::read_code(const Node& target, ConstraintTemplate& made) {
  const Node* chosen = nullptr;
  for (const Node& code : target["code"].items) {
    if (code["engine"].string_or("") == "Rego") chosen = &code["source"];
  }
  if (chosen != nullptr) {
    bool v1 = (*chosen)["version"].string_or("") == "v1";
    return add_modules((*chosen)["rego"], (*chosen)["libs"],
                       v1 ? policy::Dialect::kV1 : policy::Dialect::kV0, made);
  }
  if (target["rego"].is_scalar()) {
    return add_modules(target["rego"], target["libs"], policy::Dialect::kV0, made);
  }
  const auto& codes = target["code"].items;
  if (codes.empty()) {
    broken(made.path, target.line, "ConstraintTemplate " + made.kind,
           "has no code; is the file cut off?");
    return false;
  }
  refuse(made.path, target.line, "engine " + codes.front()["engine"].text,
         "only templates in Rego are judged");
  return false;
}

bool Reader::add_module(const Node& text, const std::string& name, bool library,
                        policy::Dialect dialect, ConstraintTemplate& made) {
  if (!text.is_scalar()) {
    broken(made.path, text.line, name, "is no text");
    return false;
  }
  // Modules keep the lines of the file: the text of a block begins below its key.
  std::string above(text.text.find('\n') == std::string::npos ? 0 : text.line, '\n');
  Module module = read_module(made.path + " (" + name + ")", above + text.text);
  module.dialect = dialect;
  if (auto reference = foreign_reference(module)) {
    broken(made.path, reference->line, "data." + base::join(reference->path, "."),
           "a template may refer to data.lib and data.inventory only");
    return false;
  }
  bool lib = !module.package.empty() && module.package.front() == "lib";
  if (module.package.empty() || (library && !lib)) {
    broken(made.path, text.line, name,
           library ? "its package is not below lib" : "has no package; is the file cut off?");
    return false;
  }
  for (const DataReference& reference : module.references) {
    made.uses_inventory = made.uses_inventory || reference.path.front() == "inventory";
  }
  std::string libraries = "gatekeeper_libs." + made.name;
  std::string package =
      library ? libraries + "." + module.package_name() : "gatekeeper." + made.name;
  Module moved = read_module(module.path, renamed(module, package, libraries));
  moved.dialect = dialect;
  made.modules.push_back(std::move(moved));
  return true;
}

bool Reader::add_modules(const Node& rego, const Node& libs, policy::Dialect dialect,
                         ConstraintTemplate& made) {
  if (!add_module(rego, made.kind, false, dialect, made)) return false;
  size_t number = 0;
  return std::all_of(libs.items.begin(), libs.items.end(), [&](const Node& lib) {
    std::string name = made.kind + " library " + std::to_string(++number);
    return add_module(lib, name, true, dialect, made);
  });
}

bool Reader::read_action(const Value& spec, Constraint& made) {
  made.action = spec["enforcementAction"].string_or("deny");
  auto known = [](std::string_view action) {
    return action == "deny" || action == "warn" || action == "dryrun";
  };
  if (made.action != "scoped") return known(made.action);
  bool good = spec["scopedEnforcementActions"].size() > 0;
  spec["scopedEnforcementActions"].each([&](Value entry) {
    Constraint::Scoped scoped;
    scoped.action = entry["action"].string_or("");
    entry["enforcementPoints"].each(
        [&](Value point) { scoped.points.emplace_back(point["name"].string_or("")); });
    good = good && known(scoped.action);
    made.scoped.push_back(std::move(scoped));
  });
  return good;
}

// What no Gatekeeper would take either; "" when it is in order.
std::string Reader::what_is_wrong(const Constraint& made) const {
  if (made.name.empty()) return "has no name";
  auto first = places_.find(made.id());
  if (first != places_.end()) {
    return "stands twice: first in " + first->second.first + ":" +
           std::to_string(first->second.second);
  }
  bool known = made.of < out_.templates.size() || gone_.contains(made.kind);
  return known ? "" : "there is no ConstraintTemplate of the kind " + made.kind + " beside it";
}

// All of it but its template; what is wrong, or "".
std::string Reader::read_spec(const Node& object, Constraint& made) {
  auto document = Document::parse(base::node_to_json(object, base::ScalarSchema::kYaml11));
  if (!document) return document.error().message();
  Value spec = document->root()["spec"];
  auto match = ConstraintMatch::parse(spec["match"]);
  if (!match) return "spec.match: " + match.error().message();
  made.match = std::move(*match);
  if (!read_action(spec, made)) return "enforcementAction is none of deny, warn, dryrun, scoped";
  if (!made.in_force()) return "";
  auto schema = Document::parse(out_.templates[made.of].schema);
  if (!schema) return "schema of its template: " + schema.error().message();
  made.parameters = with_defaults(spec["parameters"], schema->root());
  return "";
}

void Reader::read_constraint(const Node& object) {
  Constraint made;
  made.path = paths_[&object];
  made.line = object.line;
  made.kind = object["kind"].text;
  made.name = object["metadata"]["name"].string_or("");
  auto of_kind = std::find_if(out_.templates.begin(), out_.templates.end(),
                              [&](const ConstraintTemplate& t) { return t.kind == made.kind; });
  made.of = static_cast<size_t>(of_kind - out_.templates.begin());
  auto gone = gone_.find(made.kind);
  if (of_kind == out_.templates.end() && gone != gone_.end()) made.why_not = gone->second;
  std::string wrong = what_is_wrong(made);
  if (wrong.empty()) wrong = read_spec(object, made);
  if (!wrong.empty()) {
    return broken(made.path, made.line, "constraint " + made.id(), std::move(wrong));
  }
  places_.emplace(made.id(), std::pair(made.path, made.line));
  out_.constraints.push_back(std::move(made));
}

}  // namespace

std::string_view Constraint::action_at(model::Stage stage) const {
  if (action != "scoped") return action;
  std::string_view point = stage == model::Stage::kBuild       ? "gator.gatekeeper.sh"
                           : stage == model::Stage::kAdmission ? "validation.gatekeeper.sh"
                                                               : "audit.gatekeeper.sh";
  auto strength = [](std::string_view a) { return a == "deny" ? 3 : a == "warn" ? 2 : !a.empty(); };
  std::string_view chosen;
  for (const Scoped& entry : scoped) {
    bool here = std::any_of(entry.points.begin(), entry.points.end(),
                            [&](const std::string& p) { return p == point || p == "*"; });
    if (here && strength(entry.action) > strength(chosen)) chosen = entry.action;
  }
  return chosen;
}

Refusal refusal_of(const Constraint& constraint) {
  return {constraint.path, constraint.line, "constraint " + constraint.id(),
          "its template is not in force: " + constraint.why_not};
}

GatekeeperContent read_gatekeeper(const Files& files, std::vector<Refusal>& refused) {
  return Reader(files, refused).read();
}

}  // namespace bulkhead::decide
