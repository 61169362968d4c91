// SPDX-License-Identifier: Apache-2.0
// What concerns all modules together (annotations, rules that start with keywords, builtins and
// functions that a `with` replaces) and expressions of `and` and `or` come first: they become text
// that the other rewrites see.
#include "policy/rego/prepare.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "policy/rego/annotations.h"
#include "policy/rego/keyword_roots.h"
#include "policy/rego/logic.h"
#include "policy/rego/nesting.h"
#include "policy/rego/replaced_builtins.h"
#include "policy/rego/replaced_functions.h"

namespace bulkhead::policy::rego {
namespace {

// The edits of a text, and those of another kind that touch nothing which these take away.
std::vector<Edit> together(const std::vector<Edit>& own, const std::vector<Edit>& others) {
  std::map<size_t, size_t> gone;  // start to end
  for (const Edit& edit : own) {
    if (edit.size > 0) gone[edit.offset] = edit.offset + edit.size;
  }
  std::vector<Edit> out = own;
  for (const Edit& other : others) {
    const auto after = gone.upper_bound(other.offset);
    const bool inside = after != gone.begin() && std::prev(after)->second > other.offset;
    if (!inside) out.push_back(other);
  }
  return out;
}

class Preparer {
 public:
  Preparer(const Arity& arity, uint32_t max_depth, size_t max_bytes, const Arity& interpreters)
      : arity_(arity), interpreters_(interpreters), max_depth_(max_depth), max_bytes_(max_bytes) {}

  std::vector<Prepared> run(std::span<const ModuleText> modules) {
    std::vector<Lexed> lexed;
    std::vector<Module> outlines;
    const bool annotated = std::ranges::any_of(
        modules, [](const ModuleText& m) { return Annotations::wanted(m.text); });
    for (const ModuleText& module : modules) {
      lexed.push_back(lex(module.path, module.text));
      outlines.emplace_back(lexed.back().tokens);
      check_depth(module.path, lexed.back().tokens, lexed.back().problems);
      if (annotated) {
        annotations_.add(module.path, lexed.back().tokens, outlines.back(), lexed.back().problems);
      }
      roots_.add(outlines.back());
      replaced_.add(outlines.back(), arity_, interpreters_);
      functions_.add(outlines.back());
    }
    for (size_t i = 0; i < modules.size(); ++i) {
      if (lexed[i].problems.empty()) {
        texts_of(i, modules[i], lexed[i].tokens, outlines[i]);
      } else {
        out_.push_back({i, {{}, {}, std::move(lexed[i].problems)}});
      }
    }
    if (!replaced_.empty()) out_.push_back({Prepared::kOurs, {replaced_.module_text(), {}, {}}});
    return std::move(out_);
  }

 private:
  void check_depth(std::string_view path, std::span<const Token> tokens,
                   std::vector<Problem>& problems) const {
    auto problem = check_nesting(path, tokens, max_depth_);
    if (problem) problems.push_back(std::move(*problem));
  }

  void texts_of(size_t index, const ModuleText& module, std::span<const Token> tokens,
                const Module& outline) {
    std::vector<Problem> problems;
    std::vector<Edit> edits = annotations_.edits(module.path, outline, max_bytes_, problems);
    std::ranges::move(logic_edits(module.path, outline, problems), std::back_inserter(edits));
    std::ranges::move(replaced_.edits(outline), std::back_inserter(edits));
    std::ranges::move(functions_.edits(outline), std::back_inserter(edits));
    const auto texts = roots_.split(module.path, module.text, outline, module.v1, problems);
    if (!problems.empty()) return out_.push_back({index, {{}, {}, std::move(problems)}});
    for (const TextEdits& own : texts) {
      const std::vector<Edit> all = together(own, edits);
      out_.push_back({index, all.empty()
                                 ? rewrite(module.path, module.text, tokens, module.v1, arity_)
                                 : changed(module, all)});
    }
  }

  Rewritten changed(const ModuleText& module, std::vector<Edit> edits) const {
    Rewritten out;
    PlaceMap places;
    const std::string text = apply_edits(module.text, std::move(edits), places);
    const Lexed again = lex(module.path, text);
    check_depth(module.path, again.tokens, out.problems);
    if (out.problems.empty()) out = rewrite(module.path, text, again.tokens, module.v1, arity_);
    for (Problem& problem : out.problems) {
      problem.column = places.original_column(problem.line, problem.column);
    }
    out.places.follow(std::move(places));
    return out;
  }

  const Arity& arity_;
  const Arity& interpreters_;
  uint32_t max_depth_;
  size_t max_bytes_;
  Annotations annotations_;
  KeywordRoots roots_;
  ReplacedBuiltins replaced_;
  ReplacedFunctions functions_;
  std::vector<Prepared> out_;
};

}  // namespace

std::vector<Prepared> prepare(std::span<const ModuleText> modules, const Arity& arity,
                              uint32_t max_depth, size_t max_bytes, const Arity& interpreters) {
  return Preparer(arity, max_depth, max_bytes, interpreters).run(modules);
}

}  // namespace bulkhead::policy::rego
