// SPDX-License-Identifier: Apache-2.0
// Reads paths by tokens. What is replaced may be anything; names of functions are changed where
// they are called, and those of all rules behind `with`.
#include "policy/rego/replaced_functions.h"

#include <algorithm>

#include "base/text.h"
#include "policy/rego/aliases.h"
#include "policy/rego/rules.h"

namespace bulkhead::policy::rego {
namespace {

// "data.a.b" as names below data; empty when it has other keys than names.
std::vector<std::string> names_below_data(std::string_view target) {
  std::vector<std::string> out;
  if (target.find('[') != std::string_view::npos) return out;
  for (std::string_view name : base::split(target, '.')) out.emplace_back(name);
  if (!out.empty()) out.erase(out.begin());
  return out;
}

// `data.a["if"].`
std::string package_prefix(const std::vector<std::string>& package) {
  std::string out = "data";
  for (const std::string& name : package) {
    out += is_keyword(name, true) ? "[\"" + name + "\"]" : "." + name;
  }
  return out + ".";
}

bool has_only_names(const std::vector<std::string>& package) {
  return std::ranges::all_of(package, [](const std::string& name) {
    return !name.empty() && !base::is_digit(name[0]) &&
           std::ranges::all_of(name, [](char c) { return base::is_alnum(c) || c == '_'; });
  });
}

// Whether the path that starts behind a `with` is what it replaces.
bool replaces(const Outline& outline, size_t i) {
  return outline.at(i).kind == TokenKind::kName && outline.at(ground_path(outline, i).end).is("as");
}

}  // namespace

void ReplacedFunctions::add(const Module& module) {
  for (const RuleTokens& rule : module.rules) {
    std::vector<std::string> path = module.package;
    path.push_back(rule.path.names.front());
    const bool function = rule.path.names.size() == 1 && module.at(rule.path.end).is("(");
    if (function) functions_.insert(path);
    rules_.insert(std::move(path));
  }
  std::vector<GroundPath> replaced;
  for (size_t i = 0; i < module.size(); ++i) {
    if (!module.at(i).is("with") || module.at(i + 1).kind != TokenKind::kName) continue;
    GroundPath path = ground_path(module, i + 1);
    if (module.at(path.end).is("as")) replaced.push_back(std::move(path));
  }
  if (replaced.empty()) return;
  const auto aliases = import_aliases(module.tokens());
  for (const GroundPath& path : replaced) {
    const auto alias = aliases.find(path.names.front());
    const bool whole = path.names.front() == "data";
    std::vector<std::string> full = whole ? std::vector<std::string>() : module.package;
    if (!whole && alias != aliases.end()) full = names_below_data(alias->second);
    const bool first = whole || alias != aliases.end();
    full.insert(full.end(), path.names.begin() + (first ? 1 : 0), path.names.end());
    found_.insert(std::move(full));
  }
}

std::vector<Edit> ReplacedFunctions::edits(const Module& module) const {
  std::vector<Edit> out;
  if (found_.empty()) return out;
  if (!has_only_names(module.package)) return out;
  const auto aliases = import_aliases(module.tokens());
  std::set<size_t> heads;
  for (const RuleTokens& rule : module.rules) heads.insert(rule.head);
  for (size_t i = 0; i < module.size(); ++i) {
    const Token& token = module.at(i);
    const bool called = module.at(i + 1).is("(") && !module.at(i + 1).after_space;
    const bool replaced = i > 0 && module.at(i - 1).is("with") && replaces(module, i);
    if (token.kind != TokenKind::kName || heads.contains(i) || !(called || replaced)) continue;
    if (i > 0 && module.at(i - 1).is(".")) continue;
    std::vector<std::string> path = module.package;
    path.emplace_back(token.text);
    const bool means_rule =
        replaced ? rules_.contains(path) : found_.contains(path) && functions_.contains(path);
    if (means_rule && !aliases.contains(token.text))
      out.push_back({token.offset, 0, package_prefix(module.package)});
  }
  return out;
}

}  // namespace bulkhead::policy::rego
