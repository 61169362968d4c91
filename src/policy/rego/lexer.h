// SPDX-License-Identifier: Apache-2.0
// Tokens of Rego (the OPA policy language) with their places; comments are tokens too.
//
// The lexer is the ground of the loader's rewrites (rewrite.h), of formatting and of checks that
// need more than the interpreter tells. It accepts v0 and v1 alike and knows no grammar: keywords
// are names, and what stands between tokens is only blanks and line ends.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "policy/problem.h"

namespace bulkhead::policy::rego {

enum class TokenKind : uint8_t {
  kName,       // identifiers and keywords: deny, if, input, _
  kNumber,     // 1, 1.5e3; a sign is a symbol of its own
  kString,     // "text" with its quotes
  kRawString,  // `text` with its quotes; may span lines
  kTemplate,   // $"text {term}" or $`text {term}` as a whole; may span lines
  kSymbol,     // := == != <= >= and single characters
  kComment,    // from # up to the end of the line
};

struct Token {
  TokenKind kind = TokenKind::kSymbol;
  std::string_view text;     // the token as written; points into the lexed text
  uint32_t offset = 0;       // of its first byte
  uint32_t line = 1;         // of its first character, from 1
  uint32_t column = 1;       // in characters (code points), from 1
  bool after_space = false;  // blanks, a line end or a comment stand before it

  bool is(std::string_view symbol_or_name) const {
    return text == symbol_or_name && (kind == TokenKind::kName || kind == TokenKind::kSymbol);
  }
  // The line its last character stands on.
  uint32_t last_line() const;
};

struct Lexed {
  std::vector<Token> tokens;  // in order; everything that could be read
  std::vector<Problem> problems;
};

// Reads all tokens. After a character that starts no token it goes on with the next one; after a
// string without end it stops at the end of the line. The text must outlive the tokens.
Lexed lex(std::string_view path, std::string_view text);

// Words that cannot name a rule or a variable: as, default, else, false, import, package, not,
// null, some, true, with; in v1 also contains, every, if, in.
bool is_keyword(std::string_view name, bool v1);

// The value of a kString, kRawString token: escapes resolved, quotes gone.
std::string string_value(const Token& token);

}  // namespace bulkhead::policy::rego
