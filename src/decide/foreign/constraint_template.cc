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
      bool yaml = path.ends_with(".yaml") || path.ends_with(".yml") || path.ends_with(".json");
      if (yaml) read_file(path, text);
    }
    for (const Node* node : later_) read_constraint(*node);
    return std::move(out_);
  }

 private:
  void read_file(const std::string& path, const std::string& text) {
    auto documents = base::parse_yaml_stream(text, base::Limits());
    if (!documents) {
      refuse(path, 0, "file", documents.error().message());
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

  void read_template(const Node& object);
  bool read_code(const Node& target, ConstraintTemplate& made);
  bool add_modules(const Node& rego, const Node& libs, policy::Dialect dialect,
                   ConstraintTemplate& made);
  void read_constraint(const Node& object);
  bool read_action(const Value& spec, Constraint& made);

  const Files& files_;
  std::vector<Refusal>& refused_;
  GatekeeperContent out_;
  std::vector<std::unique_ptr<std::vector<Node>>> parsed_;
  std::map<const Node*, std::string> paths_;
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
    return refuse(made.path, made.line, "ConstraintTemplate", "has no kind or no targets");
  }
  bool twice = std::any_of(out_.templates.begin(), out_.templates.end(),
                           [&](const ConstraintTemplate& t) { return t.kind == made.kind; });
  if (twice) {
    return refuse(made.path, made.line, "ConstraintTemplate " + made.kind,
                  "another template has this kind");
  }
  for (const Node& target : targets.items) {
    if (target["target"].string_or("") != kTarget) {
      refuse(made.path, target.line, "target " + target["target"].text,
             "only " + std::string(kTarget) + " is judged");
      continue;
    }
    if (read_code(target, made)) out_.templates.push_back(std::move(made));
    return;
  }
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
  std::string engine = codes.empty() ? "none" : codes.front()["engine"].text;
  refuse(made.path, target.line, "engine " + engine, "only templates in Rego are judged");
  return false;
}

bool Reader::add_modules(const Node& rego, const Node& libs, policy::Dialect dialect,
                         ConstraintTemplate& made) {
  std::string libraries = "gatekeeper_libs." + made.name;
  auto add = [&](const Node& text, const std::string& name, bool library) {
    if (!text.is_scalar()) {
      refuse(made.path, text.line, name, "is no text");
      return false;
    }
    // Modules keep the lines of the file: the text of a block begins below its key.
    std::string above(text.text.find('\n') == std::string::npos ? 0 : text.line, '\n');
    Module module = read_module(made.path + " (" + name + ")", above + text.text);
    module.dialect = dialect;
    if (auto reference = foreign_reference(module)) {
      refuse(made.path, reference->line, "data." + base::join(reference->path, "."),
             "a template may refer to data.lib and data.inventory only");
      return false;
    }
    bool lib = !module.package.empty() && module.package.front() == "lib";
    if (module.package.empty() || (library && !lib)) {
      refuse(made.path, text.line, name,
             library ? "its package is not below lib" : "has no package");
      return false;
    }
    for (const DataReference& reference : module.references) {
      made.uses_inventory = made.uses_inventory || reference.path.front() == "inventory";
    }
    std::string package =
        library ? libraries + "." + module.package_name() : "gatekeeper." + made.name;
    Module moved = read_module(module.path, renamed(module, package, libraries));
    moved.dialect = dialect;
    made.modules.push_back(std::move(moved));
    return true;
  };
  if (!add(rego, made.kind, false)) return false;
  size_t number = 0;
  for (const Node& lib : libs.items) {
    if (!add(lib, made.kind + " library " + std::to_string(++number), true)) return false;
  }
  return true;
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

void Reader::read_constraint(const Node& object) {
  Constraint made;
  made.path = paths_[&object];
  made.line = object.line;
  made.kind = object["kind"].text;
  made.name = object["metadata"]["name"].string_or("");
  auto no = [&](std::string reason) {
    refuse(made.path, made.line, "constraint " + made.id(), std::move(reason));
  };
  auto of_kind = std::find_if(out_.templates.begin(), out_.templates.end(),
                              [&](const ConstraintTemplate& t) { return t.kind == made.kind; });
  if (of_kind == out_.templates.end()) return no("no template of this kind is in force");
  made.of = static_cast<size_t>(of_kind - out_.templates.begin());
  bool twice = std::any_of(out_.constraints.begin(), out_.constraints.end(),
                           [&](const Constraint& c) { return c.id() == made.id(); });
  if (made.name.empty() || twice) return no(twice ? "stands twice" : "has no name");
  auto document = Document::parse(base::node_to_json(object, base::ScalarSchema::kYaml11));
  if (!document) return no(document.error().message());
  Value spec = document->root()["spec"];
  auto match = ConstraintMatch::parse(spec["match"]);
  if (!match) return no("spec.match: " + match.error().message());
  made.match = std::move(*match);
  if (!read_action(spec, made))
    return no("enforcementAction is none of deny, warn, dryrun, scoped");
  auto schema = Document::parse(of_kind->schema);
  if (!schema) return no("schema of its template: " + schema.error().message());
  made.parameters = with_defaults(spec["parameters"], schema->root());
  out_.constraints.push_back(std::move(made));
}

}  // namespace

std::string_view Constraint::action_at(model::Stage stage) const {
  if (action != "scoped") return action;
  std::string_view point = stage == model::Stage::kBuild       ? "gator.gatekeeper.sh"
                           : stage == model::Stage::kAdmission ? "validation.gatekeeper.sh"
                                                               : "audit.gatekeeper.sh";
  auto strength = [](std::string_view a) {
    return a == "deny" ? 3 : a == "warn" ? 2 : a.size() > 0;
  };
  std::string_view chosen;
  for (const Scoped& entry : scoped) {
    bool here = std::any_of(entry.points.begin(), entry.points.end(),
                            [&](const std::string& p) { return p == point || p == "*"; });
    if (here && strength(entry.action) > strength(chosen)) chosen = entry.action;
  }
  return chosen;
}

GatekeeperContent read_gatekeeper(const Files& files, std::vector<Refusal>& refused) {
  return Reader(files, refused).read();
}

}  // namespace bulkhead::decide
