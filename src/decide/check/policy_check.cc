// SPDX-License-Identifier: Apache-2.0
// Checks of a policy that go beyond compiling it.
#include "decide/check/policy_check.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "base/text.h"
#include "decide/bundle/yaml_members.h"
#include "decide/check/data_paths.h"
#include "decide/check/input_paths.h"
#include "decide/foreign.h"

namespace bulkhead::decide {
namespace {

using policy::rego::Token;
using policy::rego::TokenKind;

struct CheckedModule {
  std::string package;
  std::vector<Token> tokens;
  bool test = false;
};

class PolicyCheck {
 public:
  PolicyCheck(const PolicySet& policy, const Files& files, base::json::Value schema)
      : policy_(policy), files_(files), schema_(schema) {}

  base::Result<std::vector<Remark>> run() {
    TRY(read_packs());
    read_modules();
    TRY(check_references());
    TRY(check_mappings());
    check_unused_packs();
    check_ids();
    check_unused();
    for (const auto& [id, pack] : packs_) {
      if (pack.adaptor.empty()) check_rules(pack);
    }
    check_foreign();
    std::sort(remarks_.begin(), remarks_.end(), [](const Remark& a, const Remark& b) {
      return std::tie(a.path, a.line, a.column, a.code, a.message) <
             std::tie(b.path, b.line, b.column, b.code, b.message);
    });
    return std::move(remarks_);
  }

 private:
  base::Status read_packs() {
    packs_ = TRY(read_own_packs(files_)).packs;
    for (const auto& [name, pack] : packs_) {
      for (const auto& [id, rule] : pack.rules) {
        auto [at, added] = rule_packs_.emplace(id, pack.id);
        if (added) continue;
        error(pack.path, rule.line, "duplicate-id",
              "the rule id " + id + " is that of a rule of " + at->second + " too");
      }
    }
    return {};
  }

  // Content of others is not ours to mend: what of it is not in force, and rules that a mode or a
  // waiver could not tell from others.
  void check_foreign() {
    std::set<std::string> seen;
    for (const ActivePack& active : policy_.packs()) {
      if (!active.foreign || !seen.insert(active.pack.id).second) continue;
      for (const Refusal& refusal : active.foreign->refused()) {
        warning(refusal.path, refusal.line, "not-in-force",
                refusal.construct + ": " + refusal.reason);
      }
      for (const ForeignRule& rule : active.foreign->rules()) {
        auto [at, added] = rule_packs_.emplace(rule.info.id, active.pack.id);
        if (added) continue;
        warning(rule.path, rule.info.line, "duplicate-id",
                "the rule id " + rule.info.id + " is that of a rule of " + at->second + " too");
      }
    }
  }

  void read_modules() {
    for (const auto& [path, text] : files_) {
      if (!path.ends_with(".rego") || lies_below(policy_.foreign_folders(), path)) continue;
      CheckedModule& module = modules_[path];
      module.tokens = policy::rego::lex(path, text).tokens;
      module.test = policy::is_test(path);
      for (const Token& token : module.tokens) {
        if (token.kind == TokenKind::kName) ++names_[token.text];
      }
    }
    for (const policy::Rule& rule : policy_.program().rules()) {
      auto module = modules_.find(rule.path);
      if (module != modules_.end()) module->second.package = rule.package;
    }
  }

  const Pack* pack_of(std::string_view package) const {
    for (const auto& [id, pack] : packs_) {
      if (pack.package == package && !package.empty()) return &pack;
    }
    return nullptr;
  }

  // What is misspelt in a path of input or data is undefined, and its rule silent.
  base::Status check_references() {
    std::string described = describe_data(policy_, files_);
    auto data = TRY_AT("data", base::json::Document::parse(described));
    std::map<std::string, KnownTerms> terms;  // by package: its modules share their rules
    for (const auto& [path, module] : modules_) {
      KnownTerms& known = terms[module.package];
      known.emplace("input", schema_);
      known.emplace("data", data.root());
      if (!module.test) add_rule_terms(module.tokens, known);
    }
    for (const auto& [path, module] : modules_) {
      if (!module.test) check_paths(path, module.tokens, terms[module.package], remarks_);
    }
    return {};
  }

  bool knows_rule(const std::string& id) const {
    if (rule_packs_.contains(id)) return true;
    for (const auto& packs : {&shipped_, &packs_}) {
      for (const auto& [name, pack] : *packs) {
        if (pack.rules.contains(id)) return true;
      }
    }
    return std::ranges::any_of(
        policy_.packs(), [&](const ActivePack& active) { return active.pack.rules.contains(id); });
  }

  // Rules of other programs are known when their pack is in force.
  base::Status check_mappings() {
    bool all_known = std::ranges::all_of(packs_, [&](const auto& pack) {
      return pack.second.adaptor.empty() || in_force(pack.first);
    });
    if (!all_known) return {};
    shipped_ = TRY(read_own_packs(shipped_policies())).packs;
    for (const auto& [path, text] : files_) {
      bool mapping = path.starts_with("mappings/") && is_yaml(path);
      if (!mapping || lies_below(policy_.foreign_folders(), path)) continue;
      for (const Control& control : TRY(parse_mapping(path, text)).controls) {
        for (const std::string& rule : control.rules) {
          if (knows_rule(rule)) continue;
          warning(path, control.line, "unknown-rule",
                  "the control " + control.id + " names the rule " + base::printable(rule, 60) +
                      ", which no pack has");
        }
      }
    }
    return {};
  }

  bool in_force(std::string_view pack) const {
    return std::ranges::any_of(policy_.packs(),
                               [&](const ActivePack& active) { return active.pack.id == pack; });
  }

  // With a policy.yaml, what it does not name judges nothing.
  void check_unused_packs() {
    if (!files_.contains("policy.yaml")) return;
    for (const auto& [id, pack] : packs_) {
      if (in_force(id)) continue;
      warning(pack.path, 0, "unused-pack",
              "the pack " + id + " judges nothing: policy.yaml does not name it under \"packs\"");
    }
    std::set<std::string> told;
    for (const policy::Rule& rule : policy_.program().rules()) {
      bool judges = rule.name == "deny" || rule.name == "warn";
      auto module = modules_.find(rule.path);
      if (!judges || module == modules_.end() || module->second.test) continue;
      if (!rule.package.starts_with("bulkhead.") || pack_of(rule.package) != nullptr) continue;
      if (in_force(rule.package.substr(9)) || !told.insert(rule.package).second) continue;
      warning(rule.path, rule.line, "unused-pack",
              "the package " + rule.package +
                  " judges nothing: it needs a pack.yaml that policy.yaml names");
    }
  }

  // "id": "HYG001" in the modules of a pack. A rule may also hand its id to a function that makes
  // the result, so any text that is an id counts as a mention.
  void check_ids() {
    for (const auto& [path, module] : modules_) {
      const Pack* pack = module.test ? nullptr : pack_of(module.package);
      if (pack == nullptr) continue;
      for (const Token& token : module.tokens) {
        if (token.kind != TokenKind::kString) continue;
        std::string text = policy::rego::string_value(token);
        if (pack->rules.contains(text)) mentioned_.insert(std::move(text));
      }
      for (size_t i = 0; i + 2 < module.tokens.size(); ++i) {
        bool id = module.tokens[i].kind == TokenKind::kString &&
                  module.tokens[i].text == "\"id\"" && module.tokens[i + 1].is(":") &&
                  module.tokens[i + 2].kind == TokenKind::kString;
        if (!id) continue;
        const Token& token = module.tokens[i + 2];
        std::string name = policy::rego::string_value(token);
        if (pack->rules.contains(name)) continue;
        remarks_.push_back(
            {Remark::Kind::kError, path, token.line, token.column, "unknown-id",
             "pack.yaml of " + pack->id + " has no rule \"" + base::printable(name, 60) + "\""});
      }
    }
  }

  // As programs of others have it.
  static bool looks_asked(std::string_view name) {
    return name == "violation" || name.starts_with("violation_") || name.starts_with("deny_") ||
           name.starts_with("warn_");
  }

  // A rule whose name stands nowhere but where it is defined.
  void check_unused() {
    std::map<std::string, std::pair<const policy::Rule*, size_t>> heads;
    for (const policy::Rule& rule : policy_.program().rules()) {
      auto module = modules_.find(rule.path);
      if (module == modules_.end() || module->second.test) continue;
      auto& [first, count] = heads[rule.package + "." + rule.name];
      if (first == nullptr) first = &rule;
      ++count;
    }
    for (const auto& [name, head] : heads) {
      const auto& [rule, count] = head;
      auto named = names_.find(rule->name);
      bool alone = named == names_.end() || named->second <= count;
      if (alone && rule->package.starts_with("bulkhead.") && looks_asked(rule->name)) {
        remarks_.push_back({Remark::Kind::kError, rule->path, rule->line, rule->column,
                            "never-asked",
                            "nothing asks the rule " + rule->name +
                                ": the sets that are asked are named deny and warn"});
        continue;
      }
      bool entry = rule->name == "deny" || rule->name == "warn" ||
                   !rule->package.starts_with("bulkhead.") || pack_of(rule->package) == nullptr;
      auto used = names_.find(rule->name);
      if (entry || used == names_.end() || used->second > count) continue;
      remarks_.push_back({Remark::Kind::kWarning, rule->path, rule->line, rule->column,
                          "unused-rule", "nothing uses the rule " + rule->name});
    }
  }

  void check_rules(const Pack& pack) {
    for (const auto& [id, rule] : pack.rules) {
      for (const auto& [missing, name] :
           {std::pair{rule.why.empty(), "why"}, std::pair{rule.fix.empty(), "fix"},
            std::pair{rule.references.empty(), "references"}}) {
        if (missing) warning(pack.path, rule.line, "bare-rule", id + " has no " + name);
      }
      if (!mentioned_.contains(id)) {
        warning(pack.path, rule.line, "unmentioned-rule",
                "no module gives a result with the id " + id);
      }
      for (const char* kind : {"fails", "passes"}) {
        std::string test = "test_" + base::lower(id) + "_" + kind;
        std::replace(test.begin(), test.end(), '-', '_');
        if (has_test(test)) continue;
        warning(pack.path, rule.line, "missing-test", id + " has no test named " + test + "...");
      }
    }
  }

  bool has_test(std::string_view prefix) const {
    auto at = names_.lower_bound(prefix);
    return at != names_.end() && at->first.starts_with(prefix);
  }

  void error(const std::string& path, uint32_t line, std::string code, std::string message) {
    remarks_.push_back({Remark::Kind::kError, path, line, 0, std::move(code), std::move(message)});
  }
  void warning(const std::string& path, uint32_t line, std::string code, std::string message) {
    remarks_.push_back(
        {Remark::Kind::kWarning, path, line, 0, std::move(code), std::move(message)});
  }

  const PolicySet& policy_;
  const Files& files_;
  base::json::Value schema_;
  std::map<std::string, Pack> packs_;              // of the bundle, by id
  std::map<std::string, Pack> shipped_;
  std::map<std::string, std::string> rule_packs_;  // rule id -> pack id
  std::map<std::string, CheckedModule, std::less<>> modules_;
  std::map<std::string_view, size_t, std::less<>> names_;  // how often each name stands anywhere
  std::set<std::string> mentioned_;                        // ids in results
  std::vector<Remark> remarks_;
};

}  // namespace

base::Result<std::vector<Remark>> check_policy(const PolicySet& policy, const Files& files,
                                               std::string_view schema) {
  auto document = TRY_AT("schema", base::json::Document::parse(schema));
  return PolicyCheck(policy, files, document.root()).run();
}

}  // namespace bulkhead::decide
