// SPDX-License-Identifier: Apache-2.0
// Rewriting by tokens. There is no tree: brackets are matched, and a statement is known to start
// after if, an opening brace, a semicolon, the bar of a comprehension, or at a line's first token
// inside of braces. That is enough for what is rewritten, and leaves everything else as it was
// written.
#include "policy/rego/rewrite.h"

#include <algorithm>

#include "policy/rego/aliases.h"
#include "policy/rego/logic.h"
#include "policy/rego/outline.h"
#include "policy/rego/rules.h"
#include "policy/rego/template.h"

namespace bulkhead::policy::rego {
namespace {

// Behind the text of a module that asked for `not` with bodies, for whoever changes negations later
// (ffi/src/bodies.rs): operands stay inside there.
constexpr std::string_view kNotBodies = "#bulkhead:not-bodies";

class Rewriter : Module {
 public:
  Rewriter(std::string_view path, std::string_view text, std::span<const Token> all, bool v1,
           const Arity& arity)
      : Module(all), path_(path), text_(text), v1_(v1), arity_(arity) {
    aliases_ = import_aliases(tokens());
    bodies_after_not_ = asked_words(*this).not_bodies;
    if (!rules.empty()) first_rule_ = rules.front().first;
  }

  Rewritten run() {
    for (size_t i = 0; i < size(); ++i) {
      alias(i);
      leading_zero(i);
      sign_before_name(i);
      statement_in_parentheses(i);
      result_argument(i);
      walk_as_value(i);
      negated_body(i);
      imports(i);
      function_fact(i);
      if (at(i).kind == TokenKind::kTemplate) templated(i);
    }
    if (bodies_after_not_) edit(text_.size(), 0, std::string(kNotBodies));
    Rewritten out;
    out.problems = std::move(problems_);
    if (out.problems.empty()) out.text = apply_edits(text_, std::move(edits_), out.places);
    return out;
  }

 private:
  // Whether a token is the first one of a statement in a body.
  bool starts_statement(size_t i) const {
    if (i == 0) return false;
    const Token& before = at(i - 1);
    if (before.is("if") && before.after_space && v1_) return true;
    if (enclosing(i) == kNone) return false;
    if (before.is("|") || before.is(";") || before.is("not")) return true;
    if (!inside_braces(i)) return false;
    return before.is("{") || (first_on_line(i) && !before.is(",") && !before.is(":"));
  }

  void edit(size_t offset, size_t size, std::string text) {
    edits_.push_back({offset, size, std::move(text)});
  }

  void problem(size_t i, std::string message, bool unsupported = false) {
    problems_.push_back(
        {std::string(path_), at(i).line, at(i).column, std::move(message), unsupported});
  }

  // import data.a as b; b.c -> data.a.c. For an alias the interpreter evaluates all rules of the
  // package, and gets some of them wrong when the package is made of several modules.
  void alias(size_t i) {
    if (at(i).kind != TokenKind::kName) return;
    const bool leads = (at(i + 1).is(".") || at(i + 1).is("[")) && !at(i + 1).after_space;
    const auto target = aliases_.find(at(i).text);
    if (!leads || (i > 0 && at(i - 1).is(".")) || target == aliases_.end()) return;
    edit(at(i).offset, at(i).text.size(), target->second);
  }

  // .5 where no reference stands before the dot.
  void leading_zero(size_t i) {
    if (i == 0 || !at(i - 1).is(".") || at(i).kind != TokenKind::kNumber || at(i).after_space) {
      return;
    }
    const Token& before = i >= 2 ? at(i - 2) : at(size());
    const bool reference = i >= 2 && !at(i - 1).after_space &&
                           (before.kind == TokenKind::kName || before.is("]") || before.is(")"));
    if (!reference) edit(at(i - 1).offset, 0, "0");
  }

  // -input.n where nothing stands before the sign that something could be taken from.
  void sign_before_name(size_t i) {
    if (!at(i).is("-") || at(i + 1).kind != TokenKind::kName || at(i + 1).after_space) return;
    const Token& before = i > 0 ? at(i - 1) : at(size());
    const bool operand = before.kind != TokenKind::kSymbol
                             ? !is_keyword(before.text, v1_) || before.is("true")
                             : before.is(")") || before.is("]") || before.is("}");
    if (i > 0 && !operand) edit(end_of(i), 0, "1 * ");
  }

  // A bracket at the start of a line in a body: end the statement before it.
  void statement_in_parentheses(size_t i) {
    if (i == 0 || !at(i).is("(") || !first_on_line(i) || !inside_braces(i)) return;
    const Token& before = at(i - 1);
    const bool complete = before.kind == TokenKind::kName || before.is("]") || before.is(")");
    const bool keyword = before.kind == TokenKind::kName && is_keyword(before.text, v1_) &&
                         !before.is("true") && !before.is("false") && !before.is("null");
    if (complete && !keyword) edit(end_of(i - 1), 0, ";");
  }

  // The offsets of the commas between the arguments of a call.
  std::vector<size_t> commas(size_t open) const {
    std::vector<size_t> out;
    for (size_t i = open + 1; i < partner(open); ++i) {
      if (enclosing(i) == open && at(i).is(",")) out.push_back(i);
    }
    return out;
  }

  // Tokens of variables and of patterns of them, which no other rewrite touches.
  static bool plain_pattern(const Token& token) {
    return token.kind == TokenKind::kName || token.kind == TokenKind::kNumber ||
           token.kind == TokenKind::kString || token.is("[") || token.is("]") || token.is("{") ||
           token.is("}") || token.is(",") || token.is(":");
  }

  // f(a, x) as a statement, where f is a builtin of ours with one argument -> x = f(a)
  void result_argument(size_t i) {
    if (at(i).kind != TokenKind::kName || !starts_statement(i)) return;
    size_t open = i + 1;
    std::string name(at(i).text);
    while (at(open).is(".") && at(open + 1).kind == TokenKind::kName) {
      name += "." + std::string(at(open + 1).text);
      open += 2;
    }
    const auto arity = arity_(name);
    if (!arity || !at(open).is("(") || partner(open) == kNone) return;
    std::vector<size_t> separators = commas(open);
    const bool none = partner(open) == open + 1;
    size_t end = partner(open);
    if (!separators.empty() && separators.back() + 1 == end) {  // f(a, b,)
      end = separators.back();
      separators.pop_back();
    }
    if ((none ? 0 : separators.size() + 1) != *arity + 1) return;
    // What the result is compared with or bound to, moved to the front on one line.
    const size_t from = separators.empty() ? at(open + 1).offset : at(separators.back()).offset;
    const size_t to = at(partner(open)).offset;
    std::string result;
    for (size_t k = separators.empty() ? open + 1 : separators.back() + 1; k < end; ++k) {
      if (!plain_pattern(at(k))) return;
      result += (result.empty() ? "" : " ") + std::string(at(k).text);
    }
    const auto lines = std::ranges::count(text_.substr(from, to - from), '\n');
    edit(at(i).offset, 0, result + " = ");
    edit(from, to - from, std::string(static_cast<size_t>(lines), '\n'));
  }

  // P := walk(a) -> P := w; walk(a, w). The interpreter gives all results only this way.
  void walk_as_value(size_t i) {
    if (!at(i).is("walk") || !at(i + 1).is("(") || partner(i + 1) == kNone) return;
    if (i > 0 && (at(i - 1).is(".") || at(i - 1).is("with") || at(i - 1).is("as"))) return;
    const size_t close = partner(i + 1);
    if (close == i + 2 || !commas(i + 1).empty()) return;
    const bool assigned = i > 0 && (at(i - 1).is(":=") || at(i - 1).is("="));
    const bool ends = first_on_line(close + 1) || !continues(close + 1);
    if (!assigned || !ends || enclosing(i) == kNone || at(enclosing(i)).is("(")) {
      return problem(i,
                     "walk gives many results, and this place takes one; write "
                     "walk(value, [path, v]) as a statement",
                     true);
    }
    const std::string name = "walk_" + std::to_string(walks_++) + "__";
    edit(at(i).offset, 0, name + "; ");
    edit(at(close).offset, 0, ", " + name);
  }

  // Whether a token goes on with the expression before it.
  bool continues(size_t i) const {
    return i < size() && !at(i).is("}") && !at(i).is("]") && !at(i).is(";") && !at(i).is("with");
  }

  // not { a; b } -> {true | a; b } == set(), where the module asks for bodies after not.
  void negated_body(size_t i) {
    if (!bodies_after_not_ || !at(i).is("not") || !at(i + 1).is("{")) return;
    if (partner(i + 1) == kNone) return;
    edit(at(i).offset, end_of(i + 1) - at(i).offset, "set() == {true |" + line_ends(i, i + 1));
  }

  std::string line_ends(size_t from, size_t to) const {
    const size_t start = at(from).offset;
    const std::string_view between = text_.substr(start, at(to).offset - start);
    return std::string(static_cast<size_t>(std::ranges::count(between, '\n')), '\n');
  }

  // Imports that change how the rest is read, and the one that says nothing.
  void imports(size_t i) {
    if (!at(i).is("import") || enclosing(i) != kNone || !first_on_line(i)) return;
    std::string name(at(i + 1).text);
    size_t last = i + 1;
    while (at(last + 1).is(".") && at(last + 2).kind == TokenKind::kName) {
      name += "." + std::string(at(last + 2).text);
      last += 2;
    }
    const size_t size = end_of(last) - at(i).offset;
    if (at(last).line != at(i).line) return;
    if (name == "input" && !at(last + 1).is("[") && !at(last + 1).is("as")) {
      edit(at(i).offset, size, std::string(size, ' '));
    } else if (name == "future.keywords.not" || name == "future.keywords.and" ||
               name == "future.keywords.or" || (name == "rego.v2" && imports_v1())) {
      edit(at(i).offset, size, std::string(size, ' '));
    } else if (name == "rego.v2") {
      edit(at(last).offset, at(last).text.size(), "v1");
    } else {
      late_import(i);
    }
  }

  // a := 1 \n import data.q -> behind the header's: the interpreter takes imports only there.
  void late_import(size_t i) {
    if (i < first_rule_ || first_rule_ == 0) return;
    size_t end = i + 1;
    while (end < size() && !first_on_line(end)) ++end;
    const size_t length = end_of(end - 1) - at(i).offset;
    const std::string_view written = text_.substr(at(i).offset, length);
    if (written.find('\n') != std::string_view::npos) return;
    edit(end_of(first_rule_ - 1), 0, " " + std::string(written));
    edit(at(i).offset, length, std::string(length, ' '));
  }

  // The interpreter wants this import once.
  bool imports_v1() const {
    for (size_t i = 0; i < size(); ++i) {
      if (at(i).is("import") && at(i + 1).is("rego") && at(i + 3).is("v1")) return true;
    }
    return false;
  }

  // A rule that is nothing but a function's name and arguments.
  void function_fact(size_t i) {
    if (enclosing(i) != kNone || at(i).kind != TokenKind::kName || !first_on_line(i)) return;
    if (is_keyword(at(i).text, v1_)) return;
    size_t open = i + 1;
    while (at(open).is(".") && at(open + 1).kind == TokenKind::kName) open += 2;
    if (!at(open).is("(") || partner(open) == kNone) return;
    const size_t next = partner(open) + 1;
    const bool alone = next >= size() || (first_on_line(next) && starts_rule(next));
    if (alone) edit(end_of(partner(open)), 0, " := true");
  }

  // Whether a token that is first on its line starts a rule, and goes on with none.
  bool starts_rule(size_t i) const {
    if (at(i).kind != TokenKind::kName) return false;
    return !at(i).is("if") && !at(i).is("else") && !at(i).is("contains") && !at(i).is("with");
  }

  void templated(size_t i) {
    auto call = template_call(at(i));
    if (!call) return problem(i, call.error().message());
    edit(at(i).offset, at(i).text.size(), std::move(call).value());
  }

  std::string_view path_;
  std::string_view text_;
  bool v1_;
  const Arity& arity_;
  std::map<std::string_view, std::string> aliases_;
  bool bodies_after_not_ = false;
  size_t first_rule_ = SIZE_MAX;  // its first token
  unsigned walks_ = 0;
  std::vector<Edit> edits_;
  std::vector<Problem> problems_;
};

}  // namespace

Rewritten rewrite(std::string_view path, std::string_view text, std::span<const Token> tokens,
                  bool v1, const Arity& arity) {
  return Rewriter(path, text, tokens, v1, arity).run();
}

}  // namespace bulkhead::policy::rego
