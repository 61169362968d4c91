// SPDX-License-Identifier: Apache-2.0
// Reads pack.yaml and mapping files (docs/formats/policy-bundle.md).
#include "decide/bundle/pack.h"

#include <algorithm>
#include <set>

#include "base/json.h"
#include "base/node_json.h"
#include "base/text.h"
#include "decide/bundle/shipped.h"
#include "decide/bundle/yaml_members.h"
#include "decide/check/input_paths.h"
#include "decide/foreign.h"

namespace bulkhead::decide {
namespace {

bool is_identifier(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return base::is_alnum(c) || c == '-' || c == '_' || c == '.';
  });
}

base::Result<model::Severity> severity_of(const YamlMembers& members) {
  std::string text = TRY(members.text("severity"));
  if (text.empty()) return model::Severity::kMedium;
  auto severity = model::parse_severity(text);
  if (!severity) return members.wrong(members["severity"], "\"" + text + "\" is no severity");
  return *severity;
}

// A fact that no document can have would leave its rule inactive for ever. Of what later scanners
// bring the schema says little yet: such paths are taken as they are.
base::Status check_need(const YamlMembers& members, std::string_view need,
                        const base::json::Value& schema) {
  constexpr std::string_view kFindings = "findings:";
  bool findings = need.starts_with(kFindings);
  std::string_view name = findings ? need.substr(kFindings.size()) : need;
  std::string quoted = "\"" + base::printable(need, 60) + "\"";
  if (!is_identifier(name)) {
    return members.wrong(members["needs"], quoted +
                                               " is neither a path of the input (image.config) nor "
                                               "findings:KIND");
  }
  if (!findings) {
    std::string why = unknown_member(schema, name);
    if (why.empty()) return {};
    return members.wrong(members["needs"], quoted + " is no path of the input: " + why);
  }
  std::vector<std::string> kinds;
  bool known = false;
  schema["properties"]["findings"]["items"]["properties"]["kind"]["enum"].each(
      [&](base::json::Value kind) {
        kinds.emplace_back(kind.string_or(""));
        known = known || name == kinds.back();
      });
  if (known) return {};
  return members.wrong(
      members["needs"],
      quoted + ": there is no such kind of findings; kinds are " + base::join(kinds, ", "));
}

base::Result<RuleInfo> parse_rule(std::string_view path, const base::Node& node,
                                  const base::json::Value& schema) {
  YamlMembers members = TRY(
      YamlMembers::of(path, node, "rule",
                      {"id", "title", "severity", "level", "why", "fix", "references", "needs"}));
  RuleInfo rule;
  rule.line = members.line();
  rule.id = TRY(members.required("id"));
  if (!is_identifier(rule.id))
    return members.wrong(members["id"], "an id is made of A-Z a-z 0-9 - _ .");
  rule.title = TRY(members.required("title"));
  rule.why = TRY(members.text("why"));
  rule.fix = TRY(members.text("fix"));
  rule.severity = TRY(severity_of(members));
  std::string level = TRY(members.text("level"));
  auto decision = model::parse_decision(level.empty() ? "deny" : level);
  if (!decision || *decision == model::Decision::kAllow) {
    return members.wrong(members["level"], "level is deny or warn");
  }
  rule.level = *decision;
  rule.references = TRY(members.texts("references"));
  rule.needs = TRY(members.texts("needs"));
  for (const std::string& need : rule.needs) TRY(check_need(members, need, schema));
  return rule;
}

base::Result<std::vector<model::Stage>> stages_of(const YamlMembers& members) {
  std::vector<model::Stage> out;
  for (const std::string& name : TRY(members.texts("stages"))) {
    auto stage = model::parse_stage(name);
    if (!stage) {
      return members.wrong(members["stages"],
                           "\"" + name +
                               "\" is no stage; stages are build, registry, admission, "
                               "runtime");
    }
    out.push_back(*stage);
  }
  if (out.empty()) {
    out = {model::Stage::kBuild, model::Stage::kRegistry, model::Stage::kAdmission,
           model::Stage::kRuntime};
  }
  return out;
}

base::Result<Control> parse_control(std::string_view path, const base::Node& node) {
  YamlMembers members =
      TRY(YamlMembers::of(path, node, "control", {"id", "title", "covered", "reason", "rules"}));
  Control control;
  control.line = members.line();
  control.id = TRY(members.required("id"));
  control.title = TRY(members.text("title"));
  control.covered = TRY(members.required("covered"));
  if (control.covered != "full" && control.covered != "partial" && control.covered != "none") {
    return members.wrong(members["covered"], "covered is full, partial or none");
  }
  control.reason = TRY(members.text("reason"));
  control.rules = TRY(members.texts("rules"));
  return control;
}

std::string adaptor_names() {
  std::string names;
  for (const Adaptor* adaptor : all_adaptors()) {
    names += (names.empty() ? "" : ", ") + std::string(adaptor->name);
  }
  return names;
}

// What is said of rules of another program: whose they are and how they are read. Everything else
// they say themselves.
base::Status read_adaptor(std::string_view path, const YamlMembers& members, Pack& pack) {
  pack.adaptor = TRY(members.required("adaptor"));
  if (find_adaptor(pack.adaptor) == nullptr) {
    return members.wrong(members["adaptor"], "there is no adaptor \"" +
                                                 base::printable(pack.adaptor, 60) +
                                                 "\"; there are " + adaptor_names());
  }
  for (std::string_view own : {"package", "parameters", "shapes", "rules"}) {
    if (members[own].missing()) continue;
    return members.wrong(members[own], "\"" + std::string(own) +
                                           "\" is for rules of our own; content of " +
                                           pack.adaptor + " says it itself");
  }
  const base::Node& node = members["options"];
  if (node.missing()) return {};
  YamlMembers options = TRY(YamlMembers::of(path, node, "options", {"namespaces", "combine"}));
  pack.namespaces = TRY(options.texts("namespaces"));
  pack.combine = TRY(options.flag("combine", false));
  return {};
}

base::Result<ParameterShape> parse_shape(std::string_view path, const base::Node& node) {
  constexpr std::string_view kShapeTypes[] = {"text", "number", "flag", "list", "mapping"};
  YamlMembers members = TRY(YamlMembers::of(path, node, "shape", {"types", "keys"}));
  ParameterShape shape;
  shape.types = TRY(members.texts("types"));
  shape.keys = TRY(members.texts("keys"));
  for (const std::string& type : shape.types) {
    if (std::find(std::begin(kShapeTypes), std::end(kShapeTypes), type) != std::end(kShapeTypes))
      continue;
    return members.wrong(members["types"],
                         "\"" + base::printable(type, 60) +
                             "\" is no type; types are text, number, flag, list, mapping");
  }
  return shape;
}

base::Status read_parameters(std::string_view path, const YamlMembers& members, Pack& pack) {
  const base::Node& parameters = members["parameters"];
  if (!parameters.missing()) {
    if (!parameters.is_mapping()) return members.wrong(parameters, "parameters must be a mapping");
    pack.parameters = base::node_to_json(parameters, base::ScalarSchema::kCore);
  }
  const base::Node& shapes = members["shapes"];
  if (shapes.missing()) return {};
  if (!shapes.is_mapping()) {
    return members.wrong(shapes, "shapes must be a mapping of parameter to shape");
  }
  for (const auto& [name, shape] : shapes.members) {
    if (parameters[name].missing()) {
      return members.wrong(shape, "shapes name the parameter " + base::printable(name, 60) +
                                      ", which has no default under parameters");
    }
    pack.shapes.emplace(name, TRY(parse_shape(path, shape)));
  }
  return {};
}

}  // namespace

std::string Pack::folder() const {
  std::string_view folder = base::dirname(path);
  return folder.empty() ? "" : std::string(folder) + "/";
}

base::Result<Pack> parse_pack(std::string_view path, std::string_view text, Mistakes& mistakes) {
  base::Node root = TRY(read_yaml(path, text));
  YamlMembers members =
      TRY(YamlMembers::of(path, root, "pack",
                          {"id", "title", "summary", "package", "stages", "parameters", "shapes",
                           "rules", "adaptor", "options"}));
  Pack pack;
  pack.path = path;
  pack.id = TRY(members.required("id"));
  if (!is_identifier(pack.id))
    return members.wrong(members["id"], "an id is made of A-Z a-z 0-9 - _ .");
  pack.title = TRY(members.text("title"));
  pack.stages = TRY(stages_of(members));
  if (!members["adaptor"].missing()) {
    TRY(read_adaptor(path, members, pack));
    return pack;
  }
  if (!members["options"].missing()) {
    return members.wrong(members["options"], "\"options\" are those of an adaptor");
  }
  pack.package = TRY(members.required("package"));
  if (!pack.package.starts_with("bulkhead.")) {
    return members.wrong(members["package"], "packages of rules are named bulkhead.<name>");
  }
  TRY(read_parameters(path, members, pack));
  const base::Node& rules = members["rules"];
  if (!rules.is_sequence()) return members.wrong("\"rules\" must be a list");
  auto schema = TRY_AT("schema", base::json::Document::parse(policy_input_schema()));
  for (const base::Node& node : rules.items) {
    auto rule = value_or_mistake(parse_rule(path, node, schema.root()), mistakes);
    if (!rule) continue;
    std::string id = rule->id;
    auto [at, added] = pack.rules.emplace(id, std::move(*rule));
    if (!added) {
      mistakes.push_back(members.wrong(
          node, "the id " + id + " stands already in line " + std::to_string(at->second.line)));
    }
  }
  return pack;
}

base::Result<Pack> parse_pack(std::string_view path, std::string_view text) {
  Mistakes mistakes;
  return whole_or_first(parse_pack(path, text, mistakes), mistakes);
}

bool lies_below(const std::vector<std::string>& folders, std::string_view path) {
  return std::any_of(folders.begin(), folders.end(),
                     [&](const std::string& folder) { return path.starts_with(folder); });
}

OwnPacks read_own_packs(const std::map<std::string, std::string>& files, Mistakes& mistakes) {
  std::vector<const std::pair<const std::string, std::string>*> found;
  for (const auto& file : files) {
    if (base::basename(file.first) == "pack.yaml") found.push_back(&file);
  }
  // Upper folders first: what lies below may be their content.
  auto depth = [](const auto* file) { return std::ranges::count(file->first, '/'); };
  std::ranges::stable_sort(found, {}, depth);
  OwnPacks out;
  for (const auto* file : found) {
    const auto& [path, text] = *file;
    if (lies_below(out.foreign_folders, path)) continue;
    auto pack = value_or_mistake(parse_pack(path, text, mistakes), mistakes);
    if (!pack) continue;
    if (!pack->adaptor.empty()) out.foreign_folders.push_back(pack->folder());
    auto [at, added] = out.packs.emplace(pack->id, *pack);
    if (!added) {
      mistakes.emplace_back(base::Code::kInvalid, path + ": the pack " + pack->id +
                                                      " stands already in " + at->second.path);
    }
  }
  return out;
}

base::Result<OwnPacks> read_own_packs(const std::map<std::string, std::string>& files) {
  Mistakes mistakes;
  OwnPacks packs = read_own_packs(files, mistakes);
  if (!mistakes.empty()) return mistakes.front();
  return packs;
}

base::Result<Mapping> parse_mapping(std::string_view path, std::string_view text) {
  base::Node root = TRY(read_yaml(path, text));
  YamlMembers members = TRY(YamlMembers::of(
      path, root, "mapping", {"id", "title", "version", "source", "notice", "controls"}));
  Mapping mapping;
  mapping.id = TRY(members.required("id"));
  mapping.title = TRY(members.text("title"));
  const base::Node& controls = members["controls"];
  if (!controls.is_sequence()) return members.wrong("\"controls\" must be a list");
  std::set<std::string> seen;
  for (const base::Node& node : controls.items) {
    mapping.controls.push_back(TRY(parse_control(path, node)));
    if (!seen.insert(mapping.controls.back().id).second) {
      return members.wrong(node, "the control " + mapping.controls.back().id + " stands twice");
    }
  }
  return mapping;
}

}  // namespace bulkhead::decide
