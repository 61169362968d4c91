// SPDX-License-Identifier: Apache-2.0
// Moving rules by tokens. In a rule that moves, names of its old package are written out; names
// that the rule declares itself are left alone.
#include "policy/rego/keyword_roots.h"

#include <algorithm>
#include <utility>

#include "base/json.h"
#include "base/text.h"

namespace bulkhead::policy::rego {
namespace {

// Each text has as many lines as the module.
constexpr size_t kMaxTexts = 64;

// The leading names of a path that are keywords.
size_t leading_keywords(const std::vector<std::string>& names) {
  const auto first_other =
      std::ranges::find_if(names, [](const std::string& n) { return !is_keyword(n, true); });
  return static_cast<size_t>(first_other - names.begin());
}

std::string in_brackets(std::string_view name) { return "[\"" + std::string(name) + "\"]"; }

bool is_name(std::string_view text) {
  return !text.empty() && !base::is_digit(text[0]) &&
         std::ranges::all_of(text, [](char c) { return base::is_alnum(c) || c == '_'; });
}

}  // namespace

class ModuleSplitter {
 public:
  ModuleSplitter(std::string_view path, std::string_view text, const Module& module, bool v1,
                 const KeywordRoots::Package& package, std::vector<Problem>& problems)
      : path_(path), text_(text), module_(module), v1_(v1), package_(package), problems_(problems) {
    prefix_ = "data";
    for (const std::string& name : module_.package) {
      prefix_ += is_name(name) && !is_keyword(name, true) ? "." + name : key(name);
    }
  }

  std::vector<TextEdits> run() {
    // By the keywords at the start: the rules that stand in the same package.
    std::map<std::vector<std::string>, std::vector<const RuleTokens*>> groups;
    for (const RuleTokens& rule : module_.rules) {
      const auto& names = rule.path.names;
      // One name alone is for the interpreter to judge.
      const size_t count = names.size() > 1 ? leading_keywords(names) : 0;
      if (!check(rule, count)) continue;
      groups[{names.begin(), names.begin() + static_cast<ptrdiff_t>(count)}].push_back(&rule);
    }
    if (groups.size() > kMaxTexts) {
      problem(groups.rbegin()->second.front()->head,
              "rules of more than " + std::to_string(kMaxTexts) +
                  " paths of keywords in one file; split it");
      return {};
    }
    std::vector<TextEdits> out;
    out.push_back(text_of({}, groups[{}]));
    for (const auto& [keywords, rules] : groups) {
      if (!keywords.empty()) out.push_back(text_of(keywords, rules));
    }
    return out;
  }

 private:
  static std::string key(std::string_view name) {
    base::json::Writer writer(0);
    writer.value(name);
    return "[" + std::string(base::trim(writer.take())) + "]";
  }

  bool check(const RuleTokens& rule, size_t keywords) {
    if (keywords == 0) return true;
    const auto& names = rule.path.names;
    const bool bare = rule.path.end == rule.end || module_.at(rule.path.end).is("{");
    const char* wrong = nullptr;
    if (keywords == names.size()) wrong = "must go on with a name that is no keyword";
    if (keywords < names.size() && !is_name(names[keywords])) {
      wrong = "must go on with a name of letters and digits";
    }
    if (names.size() == 2 && bare) wrong = "needs a value (`:= true`): without one it is a set";
    if (wrong) problem(rule.head, "a rule whose path starts with a keyword " + std::string(wrong));
    return !wrong;
  }

  void problem(size_t token, std::string message) {
    problems_.push_back(
        {std::string(path_), module_.at(token).line, module_.at(token).column, std::move(message)});
  }

  // The module with some of its rules, in the package that their keywords lead to.
  TextEdits text_of(const std::vector<std::string>& keywords,
                    const std::vector<const RuleTokens*>& rules) {
    TextEdits edits;
    if (!keywords.empty()) {
      const size_t end = ground_path(module_, module_.package_at + 1).end;
      std::string inner;
      for (const std::string& name : keywords) inner += in_brackets(name);
      edits.push_back({module_.end_of(end - 1), 0, inner});
    }
    const std::set<const RuleTokens*> kept(rules.begin(), rules.end());
    for (const RuleTokens& rule : module_.rules) {
      if (!kept.contains(&rule)) {
        blank(rule, edits);
        continue;
      }
      if (!keywords.empty()) shorten(rule, keywords.size(), edits);
      qualify(rule, !keywords.empty(), edits);
    }
    return edits;
  }

  void blank(const RuleTokens& rule, TextEdits& edits) const {
    const size_t start = module_.at(rule.first).offset;
    const size_t size = module_.end_of(rule.end - 1) - start;
    const auto lines = std::ranges::count(text_.substr(start, size), '\n');
    edits.push_back({start, size, std::string(static_cast<size_t>(lines), '\n')});
  }

  // if.x.y := 1 -> x.y := 1
  void shorten(const RuleTokens& rule, size_t keywords, TextEdits& edits) const {
    size_t name = rule.head;
    for (size_t k = 0; k < keywords; ++k) name += module_.at(name + 1).is("[") ? 3 : 2;
    const size_t start = module_.at(rule.head).offset;
    const bool text = module_.at(name).kind != TokenKind::kName;
    // if["x"]: the key becomes the name.
    const size_t end = text ? module_.end_of(name + 1) : module_.at(name).offset;
    edits.push_back({start, end - start, text ? string_value(module_.at(name)) : ""});
    // In v0 x.y { ... } is an element of the set x.
    const bool set =
        rule.path.names.size() - keywords == 2 && !v1_ && module_.at(rule.path.end).is("{");
    if (set) edits.push_back({module_.end_of(rule.path.end - 1), 0, " = true"});
  }

  // References to rules that moved, and from rules that move.
  void qualify(const RuleTokens& rule, bool moved, TextEdits& edits) const {
    const std::set<std::string_view> own = declared(rule);
    for (size_t i = rule.path.end; i < rule.end; ++i) {
      const Token& token = module_.at(i);
      if (token.kind != TokenKind::kName || module_.at(i - 1).is(".")) continue;
      const std::string name(token.text);
      if (package_.roots.contains(name) && leads_path(i)) {
        edits.push_back({token.offset, name.size(), prefix_ + in_brackets(name)});
      } else if (moved && package_.rules.contains(name) && !own.contains(token.text)) {
        edits.push_back({token.offset, name.size(), prefix_ + "." + name});
      }
    }
  }

  bool leads_path(size_t i) const {
    const Token& after = module_.at(i + 1);
    const bool text = module_.at(i + 2).kind == TokenKind::kString && module_.at(i + 3).is("]");
    return !after.after_space && (after.is(".") || (after.is("[") && text));
  }

  // Names that a rule declares: arguments, and what stands behind `some`, `every`, before `:=`.
  std::set<std::string_view> declared(const RuleTokens& rule) const {
    std::set<std::string_view> out;
    const auto add = [&](size_t from, size_t to) {
      for (size_t k = from; k < to; ++k) {
        if (module_.at(k).kind == TokenKind::kName) out.insert(module_.at(k).text);
      }
    };
    const size_t open = rule.path.end;
    if (module_.at(open).is("(") && module_.partner(open) < rule.end) {
      add(open + 1, module_.partner(open));
    }
    for (size_t k = open; k < rule.end; ++k) {
      if (module_.at(k).is("some") || module_.at(k).is("every")) {
        size_t end = k + 1;
        while (end < rule.end && !module_.at(end).is("in") &&
               module_.at(end).line == module_.at(k).line) {
          ++end;
        }
        add(k + 1, end);
      }
      if (!module_.at(k).is(":=") || module_.enclosing(k) == Outline::kNone) continue;
      const size_t close = module_.partner(k - 1);
      add(close != Outline::kNone ? close : k - 1, k);
    }
    return out;
  }

  std::string_view path_;
  std::string_view text_;
  const Module& module_;
  bool v1_;
  const KeywordRoots::Package& package_;
  std::vector<Problem>& problems_;
  std::string prefix_;  // data.p
};

void KeywordRoots::add(const Module& module) {
  Package& package = packages_[module.package];
  for (const RuleTokens& rule : module.rules) {
    const std::string& name = rule.path.names.front();
    // A rule that is nothing but a keyword is for the interpreter to refuse.
    const bool root = is_keyword(name, true) && rule.path.names.size() > 1;
    (root ? package.roots : package.rules).insert(name);
  }
}

std::vector<TextEdits> KeywordRoots::split(std::string_view path, std::string_view text,
                                           const Module& module, bool v1,
                                           std::vector<Problem>& problems) const {
  const auto package = packages_.find(module.package);
  if (package == packages_.end() || package->second.roots.empty()) return {{}};
  return ModuleSplitter(path, text, module, v1, package->second, problems).run();
}

}  // namespace bulkhead::policy::rego
