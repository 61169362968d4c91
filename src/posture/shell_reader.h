// SPDX-License-Identifier: Apache-2.0
// The reader behind split_shell: grammar in shell_words.cc, words in shell_reader.cc. One cursor
// over the script; nothing outside this room uses it.
#pragma once

#include <initializer_list>

#include "posture/shell_words.h"

namespace bulkhead::posture {

class ShellReader {
 public:
  ShellReader(std::string_view script, const base::Limits& limits, unsigned depth,
              std::vector<ShellCommand>& out)
      : text_(script), limits_(limits), depth_(depth), out_(out) {}

  // The script to its end.
  base::Status run();

 private:
  using Closers = std::initializer_list<std::string_view>;
  struct Heredoc {
    std::string name;
    bool quoted = false;
    bool chomp = false;
    size_t command = 0;  // index in out_ of the command that reads it
  };

  // Grammar. Each begins at its first character and ends behind its last.
  base::Status list(Closers closers);
  base::Status command();
  base::Status compound(std::string_view keyword, bool& done);
  base::Status simple();
  base::Status if_clause();
  base::Status loop();
  base::Status for_clause();
  base::Status case_clause();
  base::Status function_clause();
  base::Status test_clause();
  base::Status subshell();
  base::Status group(Closers closers, std::string_view closer);
  base::Status redirections_of_compound();
  base::Status redirection(ShellCommand& command, size_t index);
  base::Status assignment(ShellCommand& command);
  base::Status array(std::string& text);
  base::Status expect(std::string_view keyword);
  base::Result<bool> separator(bool had_command);

  // Words.
  base::Status word(ShellWord& out);
  base::Status word_part(std::string& text);
  base::Status double_quoted(std::string& text);
  base::Status dollar(std::string& text, bool quoted);
  base::Status ansi_quoted(std::string& text);
  base::Status braces(bool quoted);
  base::Status substitution();
  base::Status backquoted(std::string& text);
  base::Result<bool> arithmetic();
  base::Status skip_parentheses();
  base::Status expansions_of_text();
  base::Status nested(std::string_view script, bool as_text);

  base::Status read_heredocs();
  void skip_blank();
  void skip_newlines();
  std::string_view keyword_ahead() const;
  bool redirection_ahead() const;
  bool assignment_ahead() const;
  bool at_end() const { return at_ >= text_.size(); }
  char peek(size_t offset = 0) const {
    return at_ + offset < text_.size() ? text_[at_ + offset] : '\0';
  }
  bool ahead(std::string_view text) const { return text_.substr(at_).starts_with(text); }
  base::Error bad(std::string_view what) const;
  base::Status deeper();

  std::string_view text_;
  size_t at_ = 0;
  const base::Limits& limits_;
  unsigned depth_;
  std::vector<ShellCommand>& out_;
  std::string_view before_;  // the operator in front of the next command
  std::vector<Heredoc> heredocs_;
};

}  // namespace bulkhead::posture
