// SPDX-License-Identifier: Apache-2.0
// Checks of a policy that go beyond compiling it.
#include "decide/check/policy_check.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "base/text.h"
#include "decide/bundle/lists.h"
#include "decide/bundle/yaml_members.h"
#include "decide/check/data_paths.h"
#include "decide/check/input_paths.h"
#include "decide/check/list_reads.h"
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
    check_waivers();
    check_unused_packs();
    check_repeated_packs();
    check_lists_read();
    check_ids();
    check_levels();
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
  bool knows_all_rules() const {
    return std::ranges::all_of(packs_, [&](const auto& pack) {
      return pack.second.adaptor.empty() || in_force(pack.first);
    });
  }

  base::Status check_mappings() {
    if (!knows_all_rules()) return {};
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

  // Ids of advisories, and of findings that scanners make, have a dash ("CVE-2026-1") or are
  // digests (a class id); what has neither can only be a rule's.
  static bool may_name_finding(std::string_view id) {
    constexpr size_t kShortestDigest = 16;
    bool digest = id.size() >= kShortestDigest &&
                  id.find_first_not_of("0123456789abcdef") == std::string_view::npos;
    return digest || id.find_first_of("-:/") != std::string_view::npos;
  }

  void check_waivers() {
    if (!knows_all_rules()) return;
    for (const Waiver& waiver : policy_.waivers()) {
      if (may_name_finding(waiver.id) || knows_rule(waiver.id)) continue;
      auto place = base::cut_last(waiver.where, ":");
      if (!place) continue;
      warning(std::string(place->first), base::to_number<uint32_t>(place->second).value_or(0),
              "unknown-rule",
              "the waiver covers nothing: \"" + base::printable(waiver.id, 60) +
                  "\" is no rule of any pack and does not look like the id of a finding");
    }
  }

  // What such an entry finds is what the first one found.
  void check_repeated_packs() {
    const std::vector<PackEntry>& entries = policy_.file().packs;
    for (size_t i = 0; i < entries.size(); ++i) {
      for (size_t j = 0; j < i; ++j) {
        if (entries[j].pack != entries[i].pack || !(entries[j].scope == entries[i].scope)) continue;
        warning("policy.yaml", entries[i].line, "repeated-pack",
                "the pack " + entries[i].pack + " stands in line " +
                    std::to_string(entries[j].line) + " with the same scope");
        break;
      }
    }
  }

  void check_lists_read() {
    for (const std::string& path : unread_lists(policy_, files_)) {
      warning(path, 0, "unread-list",
              "no rule in force reads data.lists." + std::string(list_name(path)));
    }
  }

  // The set that a result stands in decides what it amounts to, whatever pack.yaml says of its
  // rule.
  void check_levels() {
    std::map<std::string, std::map<std::string, const Token*>> sets;  // by id: deny, warn
    std::map<std::string, std::string_view> paths;
    for (const auto& [path, module] : modules_) {
      if (module.test || pack_of(module.package) == nullptr) continue;
      for (size_t i = 0; i + 2 < module.tokens.size(); ++i) {
        if (module.tokens[i].text != "\"id\"" || !module.tokens[i + 1].is(":")) continue;
        const Token& id = module.tokens[i + 2];
        std::string_view set = rule_at(path, id.line);
        if (id.kind != TokenKind::kString || (set != "deny" && set != "warn")) continue;
        std::string key = module.package + " " + policy::rego::string_value(id);
        sets[key].emplace(set, &id);
        paths[key] = path;
      }
    }
    for (const auto& [key, found] : sets) {
      auto [package, id] = *base::cut(key, " ");
      const Pack* pack = pack_of(package);
      auto rule = pack->rules.find(id);
      if (rule == pack->rules.end() || found.size() != 1) continue;
      const auto& [set, token] = *found.begin();
      std::string level(model::decision_name(rule->second.level));
      if (set == level) continue;
      remarks_.push_back({Remark::Kind::kError, std::string(paths[key]), token->line, token->column,
                          "wrong-level",
                          pack->path + " says \"level: " + level + "\" of " + std::string(id) +
                              ", but its result stands in the set " + set});
    }
  }

  // The name of the rule whose text a line of a module is in.
  std::string_view rule_at(const std::string& path, uint32_t line) const {
    std::string_view name;
    uint32_t nearest = 0;
    for (const policy::Rule& rule : policy_.program().rules()) {
      if (rule.path != path || rule.line > line || rule.line < nearest) continue;
      nearest = rule.line;
      name = rule.name;
    }
    return name;
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
