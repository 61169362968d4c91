// SPDX-License-Identifier: Apache-2.0
// Tokens of Rego, after the grammar in OPA's policy reference. Linear in the text.
#include "policy/rego/lexer.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"
#include "policy/rego/quoted.h"

namespace bulkhead::policy::rego {
namespace {

using base::is_alnum;
using base::is_alpha;
using base::is_digit;

bool starts_name(char c) { return is_alpha(c) || c == '_'; }
bool in_name(char c) { return is_alnum(c) || c == '_'; }

class Lexer {
 public:
  Lexer(std::string_view path, std::string_view text) : path_(path), text_(text) {}

  Lexed run() {
    if (text_.starts_with("\xef\xbb\xbf")) at_ = 3;  // a byte order mark
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
        advance(1);
        space_ = true;
      } else {
        token(c);
      }
    }
    return std::move(out_);
  }

 private:
  // Moves over bytes, counting lines and characters.
  void advance(size_t bytes) {
    for (size_t end = std::min(at_ + bytes, text_.size()); at_ < end; ++at_) {
      if (text_[at_] == '\n') {
        ++line_;
        column_ = 1;
      } else if ((static_cast<unsigned char>(text_[at_]) & 0xc0) != 0x80) {
        ++column_;
      }
    }
  }

  void problem(std::string message) {
    out_.problems.push_back({std::string(path_), line_, column_, std::move(message)});
  }

  void emit(TokenKind kind, size_t size) {
    out_.tokens.push_back(
        {kind, text_.substr(at_, size), static_cast<uint32_t>(at_), line_, column_, space_});
    advance(size);
    space_ = kind == TokenKind::kComment;
  }

  char peek(size_t ahead) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

  void token(char c) {
    if (starts_name(c)) {
      size_t size = 1;
      while (in_name(peek(size))) ++size;
      emit(TokenKind::kName, size);
    } else if (is_digit(c)) {
      emit(TokenKind::kNumber, number_size());
    } else if (c == '#') {
      emit(TokenKind::kComment, std::min(text_.find('\n', at_), text_.size()) - at_);
    } else if (c == '"' || c == '`') {
      quoted(c == '"' ? TokenKind::kString : TokenKind::kRawString, 0);
    } else if (c == '$' && (peek(1) == '"' || peek(1) == '`')) {
      quoted(TokenKind::kTemplate, 1);
    } else {
      symbol(c);
    }
  }

  size_t number_size() const {
    size_t size = 1;
    while (is_digit(peek(size))) ++size;
    if (peek(size) == '.' && is_digit(peek(size + 1))) {
      ++size;
      while (is_digit(peek(size))) ++size;
    }
    if (peek(size) == 'e' || peek(size) == 'E') {
      const size_t sign = peek(size + 1) == '+' || peek(size + 1) == '-' ? 1 : 0;
      if (is_digit(peek(size + 1 + sign))) {
        size += 1 + sign;
        while (is_digit(peek(size))) ++size;
      }
    }
    return size;
  }

  // A string from its opening quote, which stands `before` bytes behind the token's start.
  void quoted(TokenKind kind, size_t before) {
    const size_t end = quoted_end(text_, at_ + before, kind == TokenKind::kTemplate);
    if (end != std::string_view::npos) {
      if (kind != TokenKind::kTemplate && text_[at_] == '"') check_escapes(end);
      emit(kind, end - at_);
      return;
    }
    problem("a string without end; close it with " + std::string(1, text_[at_ + before]));
    advance(std::min(text_.find('\n', at_), text_.size()) - at_);
  }

  void check_escapes(size_t end) {
    for (size_t i = at_ + 1; i + 1 < end; ++i) {
      if (text_[i] != '\\') continue;
      ++i;
      if (std::string_view("\"\\/bfnrtu").find(text_[i]) == std::string_view::npos) {
        problem("unknown escape \\" + std::string(1, text_[i]) +
                " in a string; write \\\\ for a backslash, or quote with `");
        return;
      }
    }
  }

  void symbol(char c) {
    static constexpr std::array<std::string_view, 5> kPairs = {":=", "==", "!=", "<=", ">="};
    for (const std::string_view pair : kPairs) {
      if (text_.substr(at_, 2) == pair) return emit(TokenKind::kSymbol, 2);
    }
    if (std::string_view("{}[](),;:.|&+-*/%<>=").find(c) != std::string_view::npos) {
      return emit(TokenKind::kSymbol, 1);
    }
    size_t size = 1;
    while ((static_cast<unsigned char>(peek(size)) & 0xc0) == 0x80) ++size;
    problem("'" + base::printable(text_.substr(at_, size), 16) + "' has no meaning here");
    advance(size);
    space_ = true;
  }

  std::string_view path_;
  std::string_view text_;
  size_t at_ = 0;
  uint32_t line_ = 1;
  uint32_t column_ = 1;
  bool space_ = true;
  Lexed out_;
};

uint32_t hex4(std::string_view text, size_t at) {
  uint32_t code = 0;
  const std::string_view digits = text.substr(std::min(at, text.size()), 4);
  std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
  return code;
}

// The character of a \u escape whose digits start at `at`; moves `at` behind it.
uint32_t unicode_escape(std::string_view text, size_t& at) {
  const uint32_t high = hex4(text, at);
  at += 4;
  if (high < 0xd800 || high > 0xdfff) return high;
  if (high < 0xdc00 && text.substr(std::min(at, text.size()), 2) == "\\u") {
    const uint32_t low = hex4(text, at + 2);
    if (low >= 0xdc00 && low <= 0xdfff) {
      at += 6;
      return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
    }
  }
  return 0xfffd;
}

}  // namespace

uint32_t Token::last_line() const {
  return line + static_cast<uint32_t>(std::ranges::count(text, '\n'));
}

Lexed lex(std::string_view path, std::string_view text) { return Lexer(path, text).run(); }

bool is_keyword(std::string_view name, bool v1) {
  static constexpr std::array<std::string_view, 11> kAlways = {
      "as", "default", "else", "false", "import", "not", "null", "package", "some", "true", "with"};
  static constexpr std::array<std::string_view, 4> kV1 = {"contains", "every", "if", "in"};
  return std::ranges::find(kAlways, name) != kAlways.end() ||
         (v1 && std::ranges::find(kV1, name) != kV1.end());
}

std::string string_value(const Token& token) {
  if (token.text.size() < 2) return std::string(token.text);
  const std::string_view inner = token.text.substr(1, token.text.size() - 2);
  if (token.kind != TokenKind::kString) return std::string(inner);
  std::string out;
  for (size_t i = 0; i < inner.size();) {
    const char c = inner[i++];
    if (c != '\\' || i == inner.size()) {
      out += c;
      continue;
    }
    switch (const char escape = inner[i++]) {
      case 'b': out += '\b'; break;
      case 'f': out += '\f'; break;
      case 'n': out += '\n'; break;
      case 'r': out += '\r'; break;
      case 't': out += '\t'; break;
      case 'u': base::append_utf8(unicode_escape(inner, i), out); break;
      default: out += escape; break;
    }
  }
  return out;
}

}  // namespace bulkhead::policy::rego
