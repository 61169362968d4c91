// SPDX-License-Identifier: Apache-2.0
// One logical line of a Dockerfile taken apart: keyword, flags, and arguments by the keyword's own
// rule. Internal to the Dockerfile reader.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "posture/dockerfile.h"

namespace bulkhead::posture {

// Space as the grammar has it between words (no line feed: a logical line has none).
constexpr bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\v' || c == '\f' || c == '\r';
}

// Fills keyword, cmd, text, flags, args, exec_form and inner. What is wrong with the line goes into
// problems; the instruction is still filled as far as it goes. False: no keyword that is known.
bool split_instruction(std::string_view line, char escape, Instruction& out,
                       std::vector<std::string>& problems);

// Words between spaces; quotes and escapes hold a word together and stay in it.
std::vector<std::string> quoted_words(std::string_view text, char escape);

// A word of ENV or a here-document without its quotes and escapes, variables left as they are.
// Nullopt when a quote is not closed.
std::optional<std::string> unquote(std::string_view word, char escape);
// The same, but a word with an open quote is taken as it stands.
std::string unquoted(std::string_view word, char escape);

// Here-documents that a line of RUN, COPY or ADD opens, texts still empty.
std::vector<Heredoc> heredocs_of_line(std::string_view line);
// Whether a word of COPY or ADD is a here-document ("<<EOF"), and which.
std::optional<Heredoc> heredoc_of_word(std::string_view word);

}  // namespace bulkhead::posture
