// SPDX-License-Identifier: Apache-2.0
// Reads dotted names by tokens. A builtin is meant where it is called and beside `with` and `as`.
#include "policy/rego/replaced_builtins.h"

#include <algorithm>
#include <optional>

#include "policy/rego/rules.h"

namespace bulkhead::policy::rego {
namespace {

// One function name for each builtin, and none that is a builtin's: "_" stands for ".", "__" for
// "_".
std::string function_name(std::string_view builtin) {
  std::string out = "call_";
  for (char c : builtin) out += c == '_' ? "__" : c == '.' ? "_" : std::string(1, c);
  return out;
}

// a.b.c without blanks.
struct DottedName {
  std::string text;
  size_t end = 0;  // index behind its last token
};

std::optional<DottedName> dotted_at(const Outline& outline, size_t i) {
  const auto joined = [&](size_t k) { return !outline.at(k).after_space; };
  if (outline.at(i).kind != TokenKind::kName) return std::nullopt;
  if (i > 0 && outline.at(i - 1).is(".") && joined(i)) return std::nullopt;
  DottedName out{std::string(outline.at(i).text), i + 1};
  while (outline.at(out.end).is(".") && joined(out.end) && joined(out.end + 1) &&
         outline.at(out.end + 1).kind == TokenKind::kName) {
    out.text.append(1, '.').append(outline.at(out.end + 1).text);
    out.end += 2;
  }
  return out;
}

// What the `as` at i belongs to: the `with`, or kNone for that of an import.
size_t with_of(const Outline& outline, size_t i) {
  while (i-- > 0) {
    if (outline.at(i).is("with")) return i;
    if (outline.at(i).is("import")) return Outline::kNone;
  }
  return Outline::kNone;
}

// Whether the name that starts at i is what a `with` puts in another's place.
bool behind_as(const Outline& outline, size_t i, const DottedName& name) {
  return i > 0 && outline.at(i - 1).is("as") && !outline.at(name.end).is("(") &&
         with_of(outline, i - 1) != Outline::kNone;
}

// Whether the name that starts at i is what a `with` replaces, or what it puts there.
bool beside_with(const Outline& outline, size_t i, const DottedName& name) {
  if (i == 0) return false;
  if (outline.at(i - 1).is("with")) return outline.at(name.end).is("as");
  return behind_as(outline, i, name);
}

bool called(const Outline& outline, const DottedName& name) {
  return outline.at(name.end).is("(") && !outline.at(name.end).after_space;
}

}  // namespace

void ReplacedBuiltins::add(const Module& module, const Arity& arity, const Arity& interpreters) {
  for (const RuleTokens& rule : module.rules) {
    taken_.insert(rule.path.names.front());
  }
  for (size_t i = 0; i < module.size(); ++i) {
    const auto name = dotted_at(module, i);
    if (!name) continue;
    if (beside_with(module, i, *name)) {
      const auto count = arity(name->text);
      if (count) {
        found_.emplace(name->text, *count);
        continue;
      }
    }
    add_replacement(module, i, name->text, name->end, interpreters);
  }
}

// A name that stands anywhere but where it is called and behind `as` is a variable.
void ReplacedBuiltins::add_replacement(const Outline& outline, size_t i, const std::string& text,
                                       size_t end, const Arity& interpreters) {
  const DottedName name{text, end};
  if (behind_as(outline, i, name)) {
    const bool input = outline.at(with_of(outline, i - 1) + 1).is("input");
    const auto count = input || !interpreters ? std::nullopt : interpreters(text);
    if (count) replacements_.emplace(text, *count);
  } else if (!called(outline, name)) {
    taken_.insert(text);
  }
}

std::vector<Edit> ReplacedBuiltins::edits(const Outline& outline) const {
  std::vector<Edit> out;
  for (size_t i = 0; i < outline.size() && !empty(); ++i) {
    const auto name = dotted_at(outline, i);
    if (!name) continue;
    const bool added =
        found_.contains(name->text) && (called(outline, *name) || beside_with(outline, i, *name));
    const bool replacement = replacements_.contains(name->text) && !taken_.contains(name->text) &&
                             behind_as(outline, i, *name);
    if (!added && !replacement) continue;
    const size_t start = outline.at(i).offset;
    out.push_back({start, outline.end_of(name->end - 1) - start,
                   "data." + std::string(kBuiltinsPackage) + "." + function_name(name->text)});
  }
  return out;
}

std::string ReplacedBuiltins::module_text() const {
  std::string out = "package " + std::string(kBuiltinsPackage) + "\n";
  for (const Counts* counts : {&found_, &replacements_}) {
    for (const auto& [name, count] : *counts) {
      std::string arguments;
      for (size_t i = 1; i <= count; ++i) arguments += (i > 1 ? ", a" : "a") + std::to_string(i);
      out += function_name(name) + "(" + arguments + ") := " + name + "(" + arguments + ")\n";
    }
  }
  return out;
}

}  // namespace bulkhead::policy::rego
