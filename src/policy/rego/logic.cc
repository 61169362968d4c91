// SPDX-License-Identifier: Apache-2.0
// Reading `and` and `or` by tokens. Each word that stands behind an operand belongs to a chain: the
// expression of a body around it, at one level of brackets. Chains inside of brackets are found for
// themselves, so nothing here recurses.
#include "policy/rego/logic.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>

namespace bulkhead::policy::rego {
namespace {

// What stands before a body, and behind it. That the empty set comes first keeps the interpreter
// from reading a rule's body here.
constexpr std::string_view kHolds = "set() != {true | ";
constexpr std::string_view kFails = "set() == {true | ";
constexpr std::string_view kClose = "}";

template <size_t N>
bool any_of(const Token& token, const std::array<std::string_view, N>& words) {
  return std::ranges::any_of(words, [&](std::string_view word) { return token.is(word); });
}

// Whether an expression cannot end at a token when the line does.
bool wants_more(const Token& token) {
  if (token.kind == TokenKind::kName) {
    return any_of(token, std::array<std::string_view, 9>{"and", "or", "not", "with", "as", "in",
                                                         "some", "every", "if"});
  }
  return token.kind == TokenKind::kSymbol && !token.is(")") && !token.is("]") && !token.is("}");
}

// Whether a token at the start of a line goes on with the expression before it.
bool goes_on(const Token& token) {
  if (token.kind == TokenKind::kName) {
    return any_of(token, std::array<std::string_view, 5>{"and", "or", "with", "as", "in"});
  }
  return token.kind == TokenKind::kSymbol &&
         !any_of(token, std::array<std::string_view, 3>{"(", "[", "{"});
}

// Tokens [first, last) at one level of brackets.
struct Range {
  size_t first, last;
};

class LogicReader {
 public:
  LogicReader(std::string_view path, const Outline& outline, std::vector<Problem>& problems)
      : path_(path), outline_(outline), asked_(asked_words(outline)), problems_(problems) {}

  std::vector<Edit> run() {
    if (!asked_.and_word && !asked_.or_word) return {};
    for (size_t i = 0; i < outline_.size(); ++i) {
      if (is_operator(i) && !known_.contains(i)) chain_around(i);
    }
    return std::move(edits_);
  }

 private:
  const Token& at(size_t i) const { return outline_.at(i); }

  void problem(size_t i, std::string message) {
    problems_.push_back({std::string(path_), at(i).line, at(i).column, std::move(message)});
  }

  bool is_operator(size_t i) const {
    const Token& token = at(i);
    if (!(asked_.and_word && token.is("and")) && !(asked_.or_word && token.is("or"))) return false;
    if (i == 0 || at(i - 1).is(".")) return false;
    const bool reference = (at(i + 1).is(".") || at(i + 1).is("[")) && !at(i + 1).after_space;
    return !reference && !wants_more(at(i - 1)) && !at(i - 1).is("import");
  }

  // The neighbours of a token at its level; brackets count as one.
  size_t next(size_t i) const {
    const bool opens = at(i).is("(") || at(i).is("[") || at(i).is("{");
    return opens && outline_.partner(i) != Outline::kNone ? outline_.partner(i) + 1 : i + 1;
  }
  size_t previous(size_t i) const {
    const bool closes = at(i - 1).is(")") || at(i - 1).is("]") || at(i - 1).is("}");
    return closes && outline_.partner(i - 1) != Outline::kNone ? outline_.partner(i - 1) : i - 1;
  }

  // Whether a new statement starts at a token.
  bool breaks_before(size_t i) const {
    return outline_.first_on_line(i) && !wants_more(at(i - 1)) && !goes_on(at(i));
  }

  // Where the statements start that stand with a token between the same brackets, or kNone.
  size_t region_start(size_t i) const {
    const size_t open = outline_.enclosing(i);
    if (open == Outline::kNone) return rule_body_start(i);
    if (!holds_value(open)) return open + 1;
    const size_t bar = bar_of(open);
    return bar < i ? bar + 1 : Outline::kNone;
  }

  // The bar of a comprehension, or kNone. Looked for once for each bracket.
  size_t bar_of(size_t open) const {
    const auto [known, fresh] = bars_.emplace(open, Outline::kNone);
    if (fresh) known->second = find_bar(open);
    return known->second;
  }

  size_t find_bar(size_t open) const {
    for (size_t k = open + 1; k < outline_.partner(open) && k < outline_.size(); k = next(k)) {
      if (at(k).is("|") && !at(open).is("(")) return k;
    }
    return Outline::kNone;
  }

  // p if a or b
  size_t rule_body_start(size_t i) const {
    for (size_t k = i; k > 0; k = previous(k)) {
      if (at(k).is("if") && !at(k - 1).is(".")) return k + 1;
      if (k != i && breaks_before(k)) break;
    }
    return Outline::kNone;
  }

  // Whether what a bracket holds is a value: f(a), [a], x := {a}. Else it holds statements, or is a
  // group of one. Goes outwards as far as one bracket leads to the next, which is bounded.
  bool holds_value(size_t open) const {
    if (open == 0 || at(open).is("[")) return true;
    const Token& before = at(open - 1);
    if (at(open).is("(") && !at(open).after_space && !wants_more(before)) return true;
    if (before.is("not")) return !asked_.not_bodies;
    if (before.is(";")) return false;
    if (before.is("{") || before.is("(")) return holds_value(open - 1);
    if (before.is("|")) {
      const size_t outer = outline_.enclosing(open);
      return outer == Outline::kNone || !holds_value(outer) || bar_of(outer) != open - 1;
    }
    static constexpr std::array<std::string_view, 3> kWords = {"in", "contains", "as"};
    return before.kind == TokenKind::kSymbol ? wants_more(before) : any_of(before, kWords);
  }

  void chain_around(size_t i) {
    const size_t start = region_start(i);
    if (start == Outline::kNone) {
      return problem(i,
                     "`" + std::string(at(i).text) +
                         "` gives no value; it can stand only between the expressions of a body");
    }
    const size_t open = outline_.enclosing(i);
    const bool grouped = open != Outline::kNone && at(open).is("(");
    Range range{i, i};
    while (range.first > start && !at(range.first - 1).is(";")) {
      if (range.first != i && !grouped && breaks_before(range.first)) break;
      range.first = previous(range.first);
    }
    const size_t end = open == Outline::kNone ? outline_.size() : outline_.partner(open);
    range.last = i + 1;
    while (range.last < std::min(end, outline_.size())) {
      const Token& token = at(range.last);
      if (token.is(";") || token.is("else") || (!grouped && breaks_before(range.last))) break;
      range.last = next(range.last);
    }
    range.last = std::min(range.last, outline_.size());
    chain(range, grouped ? open : Outline::kNone);
  }

  // A whole expression with its operators. `group` is the parenthesis around it, if there is one.
  void chain(Range range, size_t group) {
    const std::vector<size_t> words = operators(range);
    known_.insert(words.begin(), words.end());
    const size_t with = outermost_with({words.back(), range.last});
    for (size_t k = range.first; k < words.back(); k = next(k)) {
      if (at(k).is("with")) {
        return problem(k, "`with` cannot stand at one operand; put the operand into parentheses");
      }
    }
    if (group != Outline::kNone) wrap_group(group);
    std::vector<Range> alternatives;
    size_t from = range.first;
    for (const size_t word : words) {
      if (!at(word).is("or")) continue;
      alternatives.push_back({from, word});
      separate(word);
      from = word + 1;
    }
    alternatives.push_back({from, with});
    if (alternatives.size() == 1) return conjunction(alternatives.front(), kHolds);
    insert(at(range.first).offset, kFails);
    for (const Range& alternative : alternatives) conjunction(alternative, kFails);
    insert(outline_.end_of(with - 1), kClose);
  }

  std::vector<size_t> operators(Range range) const {
    std::vector<size_t> words;
    for (size_t k = range.first; k < range.last; k = next(k)) {
      if (is_operator(k)) words.push_back(k);
    }
    return words;
  }

  // The first `with` at the level of a range, else its end.
  size_t outermost_with(Range range) const {
    size_t k = range.first;
    while (k < range.last && !at(k).is("with")) k = next(k);
    return std::min(k, range.last);
  }

  void conjunction(Range range, std::string_view open) {
    const std::vector<size_t> words = operators(range);
    if (words.empty()) return operand(range, open);
    insert(at(range.first).offset, open);
    size_t from = range.first;
    for (const size_t word : words) {
      operand({from, word}, kHolds);
      separate(word);
      from = word + 1;
    }
    operand({from, range.last}, kHolds);
    insert(outline_.end_of(range.last - 1), kClose);
  }

  void operand(Range range, std::string_view open) {
    if (range.first >= range.last) return problem(range.first, "an operand is missing here");
    while (spans(range, "(") && spans({range.first + 1, range.last - 1}, "{")) {
      replace(range.first, "");
      replace(range.last - 1, "");
      range = {range.first + 1, range.last - 1};
    }
    if (spans(range, "{")) {
      replace(range.first, open);
      replace(range.last - 1, kClose);
      return;
    }
    if (!check_expression(range)) return;
    const bool group = spans(range, "(");
    if (group && outermost_with({range.first + 1, range.last - 1}) != range.last - 1) {
      wrap_group(range.first);
    }
    insert(at(range.first).offset, open);
    insert(outline_.end_of(range.last - 1), kClose);
  }

  // Whether a range is one bracket with what stands in it.
  bool spans(Range range, std::string_view bracket) const {
    return range.first + 1 < range.last && at(range.first).is(bracket) &&
           outline_.partner(range.first) == range.last - 1;
  }

  // What OPA does not take for a single expression.
  bool check_expression(Range range) {
    const Token& first = at(range.first);
    const char* wrong = nullptr;
    if (first.is("{")) wrong = "an operand that starts with a set or an object needs parentheses";
    if (first.is("some") || first.is("every")) wrong = "this operand needs braces around it";
    for (size_t k = range.first; k < range.last; k = next(k)) {
      if (at(k).is(":=")) wrong = "an operand that assigns needs braces around it";
    }
    if (wrong) problem(range.first, wrong);
    return !wrong;
  }

  // (a with input as b): a body of its own, once.
  void wrap_group(size_t open) {
    if (!known_.insert(open).second) return;
    replace(open, kHolds);
    replace(outline_.partner(open), kClose);
  }

  void separate(size_t word) { replace(word, ";"); }
  void insert(size_t offset, std::string_view text) {
    edits_.push_back({offset, 0, std::string(text)});
  }
  void replace(size_t i, std::string_view text) {
    edits_.push_back({at(i).offset, at(i).text.size(), std::string(text)});
  }

  std::string_view path_;
  const Outline& outline_;
  AskedWords asked_;
  std::vector<Problem>& problems_;
  mutable std::map<size_t, size_t> bars_;  // by their brackets
  std::set<size_t> known_;                 // operators and groups that are done
  std::vector<Edit> edits_;
};

}  // namespace

AskedWords asked_words(const Outline& outline) {
  AskedWords out;
  const auto& tokens = outline.tokens();
  const auto word = [&](size_t i) { return i < tokens.size() ? tokens[i].text : ""; };
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (!tokens[i].is("import") || !outline.first_on_line(i)) continue;
    const bool v2 = word(i + 1) == "rego" && word(i + 3) == "v2";
    const bool future = word(i + 1) == "future" && word(i + 3) == "keywords";
    const bool all = v2 || (future && word(i + 4) != ".");
    out.and_word = out.and_word || all || (future && word(i + 5) == "and");
    out.or_word = out.or_word || all || (future && word(i + 5) == "or");
    out.not_bodies = out.not_bodies || all || (future && word(i + 5) == "not");
  }
  return out;
}

std::vector<Edit> logic_edits(std::string_view path, const Outline& outline,
                              std::vector<Problem>& problems) {
  return LogicReader(path, outline, problems).run();
}

}  // namespace bulkhead::policy::rego
