// SPDX-License-Identifier: Apache-2.0
// Reads policy.yaml (docs/formats/policy-bundle.md).
#include "decide/bundle/policy_file.h"

#include <algorithm>

#include "base/node_json.h"
#include "base/text.h"
#include "decide/bundle/yaml_members.h"

namespace bulkhead::decide {
namespace {

base::Result<model::PolicyMode> mode_of(const YamlMembers& members, const base::Node& node) {
  auto mode = model::parse_policy_mode(node.string_or(""));
  if (!mode) return members.wrong(node, "a mode is enforce, warn or observe");
  return *mode;
}

base::Result<std::string> json_object(const YamlMembers& members, std::string_view key) {
  const base::Node& node = members[key];
  if (node.missing() || node.kind == base::Node::Kind::kNull) return std::string("{}");
  if (!node.is_mapping()) {
    return members.wrong(node, "\"" + std::string(key) + "\" must be a mapping");
  }
  return base::node_to_json(node, base::ScalarSchema::kCore);
}

// Names of these have no such characters, so a glob with one would match nothing; and globs have no
// sets of characters. An address of IPv6 stands in brackets.
base::Result<std::vector<std::string>> name_globs(const YamlMembers& members,
                                                  std::string_view key) {
  auto globs = TRY(members.texts(key));
  for (const std::string& glob : globs) {
    bool address = key == "registries" && glob.starts_with('[') && glob.find(']') != glob.npos;
    if (address || glob.find_first_of("[]{}\\") == glob.npos) continue;
    const base::Node& node = members[key];
    auto at = std::ranges::find(node.items, glob, &base::Node::text);
    return members.wrong(at == node.items.end() ? node : *at,
                         "\"" + base::printable(glob, 60) + "\" would match none of the " +
                             std::string(key) + ": globs have *, ** and ?, but no brackets");
  }
  return globs;
}

base::Result<Scope> parse_scope(std::string_view path, const base::Node& node) {
  Scope scope;
  if (node.missing()) return scope;
  YamlMembers members = TRY(YamlMembers::of(
      path, node, "scope", {"registries", "repositories", "namespaces", "owners", "labels"}));
  scope.registries = TRY(name_globs(members, "registries"));
  scope.repositories = TRY(name_globs(members, "repositories"));
  scope.namespaces = TRY(name_globs(members, "namespaces"));
  scope.owners = TRY(members.texts("owners"));
  const base::Node& labels = members["labels"];
  if (labels.missing()) return scope;
  if (!labels.is_mapping()) return members.wrong(labels, "labels must be a mapping of key to glob");
  for (const auto& [key, value] : labels.members) {
    if (!value.is_scalar()) return members.wrong(value, "a label's glob must be a text");
    scope.labels.emplace(key, value.text);
  }
  return scope;
}

base::Result<RuleSetting> parse_setting(std::string_view path, const base::Node& node) {
  YamlMembers members = TRY(YamlMembers::of(path, node, "rule", {"mode", "severity"}));
  RuleSetting out;
  if (!members["mode"].missing()) out.mode = TRY(mode_of(members, members["mode"]));
  const base::Node& severity = members["severity"];
  if (severity.missing()) return out;
  out.severity = model::parse_severity(severity.string_or(""));
  if (!out.severity) return members.wrong(severity, "no severity");
  return out;
}

base::Status parse_modes(const YamlMembers& members, PackEntry& entry) {
  if (!members["mode"].missing()) entry.mode = TRY(mode_of(members, members["mode"]));
  const base::Node& modes = members["modes"];
  if (modes.missing()) return {};
  if (!modes.is_mapping()) return members.wrong(modes, "modes must be a mapping of stage to mode");
  for (const auto& [name, node] : modes.members) {
    auto stage = model::parse_stage(name);
    if (!stage) return members.wrong(node, "\"" + name + "\" is no stage");
    entry.modes[*stage] = TRY(mode_of(members, node));
  }
  return {};
}

base::Result<PackEntry> parse_entry(std::string_view path, const base::Node& node) {
  PackEntry entry;
  entry.line = node.line;
  if (node.is_scalar()) {
    entry.pack = node.text;
    return entry;
  }
  YamlMembers members = TRY(
      YamlMembers::of(path, node, "pack", {"id", "mode", "modes", "scope", "parameters", "rules"}));
  entry.pack = TRY(members.required("id"));
  TRY(parse_modes(members, entry));
  entry.scope = TRY(parse_scope(path, members["scope"]));
  entry.parameters = TRY(json_object(members, "parameters"));
  for (const auto& [name, value] : members["parameters"].members) {
    entry.parameter_lines.emplace(name, value.line);
  }
  const base::Node& rules = members["rules"];
  if (rules.missing()) return entry;
  if (!rules.is_mapping())
    return members.wrong(rules, "rules must be a mapping of rule id to setting");
  for (const auto& [id, setting] : rules.members) {
    entry.rules.emplace(id, TRY(parse_setting(path, setting)));
  }
  return entry;
}

base::Status parse_on_error(const YamlMembers& members, PolicyFile& out) {
  std::string text = TRY(members.text("on_error"));
  if (text.empty()) return {};
  auto decision = model::parse_decision(text);
  if (!decision || *decision == model::Decision::kAllow) {
    return members.wrong(members["on_error"],
                         "on_error is deny (closed, the default) or warn (open)");
  }
  out.on_error = *decision;
  return {};
}

base::Status parse_on_nothing_judged(const YamlMembers& members, PolicyFile& out) {
  std::string text = TRY(members.text("on_nothing_judged"));
  if (text.empty()) return {};
  auto decision = model::parse_decision(text);
  if (!decision) {
    return members.wrong(members["on_nothing_judged"],
                         "on_nothing_judged is allow (the default), warn or deny");
  }
  out.on_nothing_judged = *decision;
  return {};
}

}  // namespace

base::Result<PolicyFile> parse_policy_file(std::string_view path, std::string_view text,
                                           Mistakes& mistakes) {
  base::Node root = TRY(read_yaml(path, text));
  YamlMembers members =
      TRY(YamlMembers::of(path, root, "policy",
                          {"version", "name", "packs", "mappings", "waivers", "local_waivers",
                           "vex", "vex_trust", "on_error", "on_nothing_judged", "runtime"}));
  if (TRY(members.text("version")) != "1") {
    return members.wrong("\"version: 1\" is missing; other versions are not known");
  }
  PolicyFile out;
  auto take = [&](auto& member, auto result) {
    if (auto value = value_or_mistake(std::move(result), mistakes)) member = std::move(*value);
  };
  take(out.name, members.text("name"));
  const base::Node& packs = members["packs"];
  if (!packs.missing() && !packs.is_sequence()) {
    mistakes.push_back(members.wrong(packs, "packs must be a list"));
  }
  for (const base::Node& node : packs.items) {
    auto entry = value_or_mistake(parse_entry(path, node), mistakes);
    if (entry) out.packs.push_back(std::move(*entry));
  }
  take(out.mappings, members.texts("mappings"));
  take(out.waivers, members.texts("waivers"));
  take(out.vex, members.texts("vex"));
  take(out.vex_trust, members.texts("vex_trust"));
  take(out.local_waivers, members.flag("local_waivers", false));
  for (auto* parse : {parse_on_error, parse_on_nothing_judged}) {
    auto parsed = parse(members, out);
    if (!parsed) mistakes.push_back(std::move(parsed).error());
  }
  take(out.runtime, json_object(members, "runtime"));
  return out;
}

base::Result<PolicyFile> parse_policy_file(std::string_view path, std::string_view text) {
  Mistakes mistakes;
  return whole_or_first(parse_policy_file(path, text, mistakes), mistakes);
}

std::string place_of_name(std::string_view text, std::string_view list, std::string_view name) {
  std::string place = "policy.yaml";
  auto root = read_yaml(place, text);
  if (!root) return place;
  const base::Node& node = (*root)[list];
  auto item = std::ranges::find(node.items, name, &base::Node::text);
  uint32_t line = item == node.items.end() ? node.line : item->line;
  return line == 0 ? place : place + ":" + std::to_string(line);
}

}  // namespace bulkhead::decide
