// SPDX-License-Identifier: Apache-2.0
// Writes tokens again with the blanks between them decided by their kinds. It follows the habits of
// `opa fmt` as far as they do not move line breaks.
#include "policy/rego/format.h"

#include <algorithm>
#include <array>
#include <vector>

#include "policy/rego/lexer.h"

namespace bulkhead::policy::rego {
namespace {

bool is_one_of(const Token& token, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(), [&](auto word) { return token.is(word); });
}

bool is_opening(const Token& token) { return is_one_of(token, {"(", "[", "{"}); }
bool is_closing(const Token& token) { return is_one_of(token, {")", "]", "}"}); }

bool is_operator(const Token& token) {
  return token.kind == TokenKind::kSymbol &&
         is_one_of(token, {":=", "=", "==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%",
                           "|", "&"});
}

// Words after which a term begins, so that a minus sign is a sign and a brace no index.
bool is_word_before_term(const Token& token) {
  return is_one_of(token, {"if", "in", "some", "every", "not", "contains", "else", "with", "as",
                           "default", "import", "package"});
}

bool ends_term(const Token& token) {
  switch (token.kind) {
    case TokenKind::kName: return !is_word_before_term(token);
    case TokenKind::kNumber:
    case TokenKind::kString:
    case TokenKind::kRawString:
    case TokenKind::kTemplate: return true;
    case TokenKind::kSymbol: return is_closing(token);
    case TokenKind::kComment: return false;
  }
  return false;
}

class Formatter {
 public:
  explicit Formatter(const std::vector<Token>& tokens) : tokens_(tokens) { find_indents(); }

  std::string run() {
    for (size_t i = 0; i < tokens_.size(); ++i) write(i);
    if (!out_.empty()) out_ += '\n';
    return std::move(out_);
  }

 private:
  struct Bracket {
    bool body = false;      // of a rule, not of a set or object
    bool indented = false;  // what stands inside is one deeper
  };

  void write(size_t i) {
    const Token& token = tokens_[i];
    bool first = i == 0;
    bool fresh = !first && token.line > tokens_[i - 1].last_line();
    if (fresh)
      break_line(i);
    else if (!first && needs_space(i))
      out_ += ' ';
    if (is_closing(token) && !brackets_.empty()) close();
    std::string_view text = token.text;
    while (token.kind == TokenKind::kComment && !text.empty() &&
           (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) {
      text.remove_suffix(1);
    }
    out_ += text;
    if (is_opening(token)) open(i);
  }

  void break_line(size_t i) {
    const Token& token = tokens_[i];
    const Token& before = tokens_[i - 1];
    bool gap = token.line > before.last_line() + 1;
    out_ += '\n';
    if (gap && !is_opening(before) && !is_closing(token)) out_ += '\n';
    size_t depth = depth_;
    for (size_t at = i; at < tokens_.size() && is_closing(tokens_[at]) &&
                        (at == i || tokens_[at].line == token.line);
         ++at) {
      size_t nth = at - i;
      if (nth < brackets_.size() && brackets_[brackets_.size() - 1 - nth].indented) --depth;
    }
    if (continues(i)) ++depth;
    out_.append(depth, '\t');
  }

  // A line that goes on with an expression of the line above.
  bool continues(size_t i) const {
    const Token& token = tokens_[i];
    const Token& before = tokens_[i - 1];
    if (token.kind == TokenKind::kComment || before.kind == TokenKind::kComment) return false;
    bool sign = token.is("-") && !ends_term(before);
    // [x |, the head of a comprehension.
    if (before.is("|") && !brackets_.empty()) return false;
    return (is_operator(token) && !sign) || is_operator(before) || token.is("with");
  }

  void open(size_t i) {
    Bracket bracket;
    bracket.body = i > 0 && tokens_[i].is("{") && is_body(i);
    bracket.indented = indents_[i];
    if (bracket.indented) ++depth_;
    brackets_.push_back(bracket);
  }

  void close() {
    if (brackets_.back().indented) --depth_;
    brackets_.pop_back();
  }

  // Of the brackets that are open where their first line ends, the innermost indents the lines that
  // follow: f({ and its lines are one level, not two.
  void find_indents() {
    indents_.assign(tokens_.size(), false);
    std::vector<size_t> open;  // not yet decided, or already known to indent or not
    size_t decided = 0;        // how many of them are
    for (size_t i = 0; i < tokens_.size(); ++i) {
      bool fresh = i > 0 && tokens_[i].line > tokens_[i - 1].last_line();
      if (fresh && decided < open.size()) {
        indents_[open.back()] = true;
        decided = open.size();
      }
      if (is_closing(tokens_[i]) && !open.empty()) open.pop_back();
      decided = std::min(decided, open.size());
      if (is_opening(tokens_[i])) open.push_back(i);
    }
  }

  bool is_body(size_t i) const {
    const Token& before = tokens_[i - 1];
    if (is_one_of(before, {"if", "else"})) return true;
    // v0: head { body }, f(x) { body }, x = y { body }.
    return tokens_[i].after_space && ends_term(before) && brackets_.empty();
  }

  bool needs_space(size_t i) const {
    const Token& before = tokens_[i - 1];
    const Token& token = tokens_[i];
    if (token.kind == TokenKind::kComment) return true;
    if (is_one_of(token, {",", ";", ":", "."}) || is_one_of(before, {"."})) return false;
    if (is_one_of(before, {",", ";", ":"})) return true;
    if (is_opening(before)) return before.is("{") && !token.is("}") && brackets_.back().body;
    if (is_closing(token)) {
      return token.is("}") && !brackets_.empty() && brackets_.back().body;
    }
    if (before.is("-") && is_sign(i - 1)) return false;
    // A call and an index touch what they belong to; a set after a name does not.
    bool belongs = ends_term(before) || (before.is("contains") && token.is("("));
    if (is_one_of(token, {"(", "["}) && belongs) return token.after_space;
    return true;
  }

  bool is_sign(size_t i) const { return i == 0 || !ends_term(tokens_[i - 1]); }

  const std::vector<Token>& tokens_;
  std::string out_;
  std::vector<bool> indents_;  // of an opening bracket: what stands inside is one deeper
  std::vector<Bracket> brackets_;
  size_t depth_ = 0;
};

bool same_tokens(const std::vector<Token>& a, const std::vector<Token>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Token& x, const Token& y) {
    if (x.kind != y.kind) return false;
    if (x.kind != TokenKind::kComment) return x.text == y.text;
    // Blanks at the end of a comment go.
    return x.text.starts_with(y.text);
  });
}

}  // namespace

base::Result<std::string> format(std::string_view path, std::string_view text) {
  Lexed lexed = lex(path, text);
  if (!lexed.problems.empty()) {
    return base::Error(base::Code::kInvalid, to_string(lexed.problems.front()));
  }
  std::string out = Formatter(lexed.tokens).run();
  Lexed again = lex(path, out);
  if (!again.problems.empty() || !same_tokens(lexed.tokens, again.tokens)) {
    return base::Error(base::Code::kInternal,
                       std::string(path) + ": formatting would have changed it; left alone");
  }
  return out;
}

}  // namespace bulkhead::policy::rego
