// SPDX-License-Identifier: Apache-2.0
// The shell's words (POSIX.1-2017, XCU 2.2 and 2.6): quotes, escapes, expansions, and the commands
// inside them. Expansions are not carried out; their commands are read where they stand.
#include "posture/shell_reader.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace bulkhead::posture {

using base::Status;

namespace {

constexpr std::string_view kWordEnd = " \t\n;&|()<>";

bool ends_word(char c) { return c == '\0' || kWordEnd.find(c) != std::string_view::npos; }

bool is_name_char(char c) { return base::is_alnum(c) || c == '_'; }

}  // namespace

void ShellReader::skip_blank() {
  while (!at_end()) {
    char c = peek();
    if (c == ' ' || c == '\t' || c == '\r') {
      ++at_;
    } else if (ahead("\\\n")) {
      at_ += 2;
    } else if (ahead("\\\r\n")) {
      at_ += 3;
    } else if (c == '#') {
      at_ = std::min(text_.size(), text_.find('\n', at_));
    } else {
      return;
    }
  }
}

void ShellReader::skip_newlines() {
  skip_blank();
  while (peek() == '\n') {
    ++at_;
    skip_blank();
  }
}

// A word without any quoting that may be a reserved word, when it stands alone.
std::string_view ShellReader::keyword_ahead() const {
  size_t end = at_;
  while (end < text_.size() && !ends_word(text_[end]) && text_[end] != '\r') ++end;
  std::string_view found = text_.substr(at_, end - at_);
  return found.size() <= 8 ? found : std::string_view();
}

bool ShellReader::redirection_ahead() const {
  size_t at = at_;
  while (at < text_.size() && base::is_digit(text_[at])) ++at;
  std::string_view rest = text_.substr(at);
  if (rest.starts_with("<(") || rest.starts_with(">(")) return false;
  if (at == at_ && rest.starts_with("&>")) return true;
  return rest.starts_with('<') || rest.starts_with('>');
}

bool ShellReader::assignment_ahead() const {
  size_t at = at_;
  if (at >= text_.size() || base::is_digit(text_[at])) return false;
  while (at < text_.size() && is_name_char(text_[at])) ++at;
  if (at == at_) return false;
  if (at < text_.size() && text_[at] == '[') {
    size_t close = text_.find_first_of("]\n ", at);
    if (close == text_.npos || text_[close] != ']') return false;
    at = close + 1;
  }
  std::string_view rest = text_.substr(at);
  return rest.starts_with('=') || rest.starts_with("+=");
}

Status ShellReader::word(ShellWord& out) {
  size_t begin = at_;
  while (!at_end()) {
    char c = peek();
    bool process = (c == '<' || c == '>') && peek(1) == '(';
    if (process) {
      size_t from = at_++;
      TRY(substitution());
      out.text += text_.substr(from, at_ - from);
    } else if (ends_word(c) || c == '\r') {
      break;
    } else {
      TRY(word_part(out.text));
    }
  }
  out.written = text_.substr(begin, at_ - begin);
  if (at_ == begin && !at_end()) return bad(std::string("unexpected ") + peek());
  return {};
}

Status ShellReader::word_part(std::string& text) {
  char c = peek();
  switch (c) {
    case '\\':
      ++at_;
      if (peek() != '\n' && !at_end()) text += peek();
      if (!at_end()) ++at_;
      return {};
    case '\'': {
      size_t end = text_.find('\'', at_ + 1);
      if (end == text_.npos) return bad("a ' is not closed");
      text += text_.substr(at_ + 1, end - at_ - 1);
      at_ = end + 1;
      return {};
    }
    case '"': return double_quoted(text);
    case '$': return dollar(text, /*quoted=*/false);
    case '`': return backquoted(text);
    case '?':
    case '*':
    case '+':
    case '@': {  // patterns of bash: @(a|b)
      size_t begin = at_++;
      if (peek() == '(') TRY(skip_parentheses());
      text += text_.substr(begin, at_ - begin);
      return {};
    }
    default:
      text += c;
      ++at_;
      return {};
  }
}

Status ShellReader::double_quoted(std::string& text) {
  ++at_;
  while (!at_end()) {
    char c = peek();
    if (c == '"') {
      ++at_;
      return {};
    }
    if (c == '$') {
      TRY(dollar(text, /*quoted=*/true));
    } else if (c == '`') {
      TRY(backquoted(text));
    } else if (c == '\\' && std::string_view("$`\"\\\n").find(peek(1)) != std::string_view::npos &&
               at_ + 1 < text_.size()) {
      if (peek(1) != '\n') text += peek(1);
      at_ += 2;
    } else {
      text += c;
      ++at_;
    }
  }
  return bad("a \" is not closed");
}

Status ShellReader::dollar(std::string& text, bool quoted) {
  size_t begin = at_++;
  if (peek() == '\'' && !quoted) return ansi_quoted(text);
  if (peek() == '"' && !quoted) return double_quoted(text);
  if (peek() == '(') {
    if (!TRY(arithmetic())) TRY(substitution());
  } else if (peek() == '{') {
    TRY(braces(quoted));
  }
  text += text_.substr(begin, at_ - begin);
  return {};
}

// $'...' of bash.
Status ShellReader::ansi_quoted(std::string& text) {
  ++at_;
  while (!at_end()) {
    char c = text_[at_++];
    if (c == '\'') return {};
    if (c == '\\' && !at_end()) {
      char next = text_[at_++];
      switch (next) {
        case 'n': c = '\n'; break;
        case 't': c = '\t'; break;
        case 'r': c = '\r'; break;
        default: c = next; break;
      }
    }
    text += c;
  }
  return bad("a $' is not closed");
}

// ${...}: to the brace that closes it.
Status ShellReader::braces(bool quoted) {
  TRY(deeper());
  ++depth_;
  ++at_;
  std::string ignored;
  while (!at_end() && peek() != '}') {
    char c = peek();
    if (quoted && c == '\'') {
      ++at_;
    } else if (c == '\\' || c == '\'' || c == '"' || c == '`') {
      TRY(word_part(ignored));
    } else if (c == '$') {
      TRY(dollar(ignored, quoted));
    } else {
      ++at_;
    }
  }
  if (at_end()) return bad("a ${ is not closed");
  ++at_;
  --depth_;
  return {};
}

// $(...), <(...), >(...): from the parenthesis on.
Status ShellReader::substitution() {
  ++at_;
  std::string_view outer = before_;
  before_ = {};
  TRY(list({}));
  if (peek() != ')') return bad("a ( is not closed");
  ++at_;
  before_ = outer;
  return {};
}

Status ShellReader::backquoted(std::string& text) {
  size_t begin = at_++;
  std::string script;
  while (!at_end() && peek() != '`') {
    bool escaped = peek() == '\\' && (peek(1) == '`' || peek(1) == '\\' || peek(1) == '$');
    if (escaped) ++at_;
    script += text_[at_++];
  }
  if (at_end()) return bad("a ` is not closed");
  ++at_;
  text += text_.substr(begin, at_ - begin);
  return nested(script, /*as_text=*/false);
}

// Another text, read with what is left of depth and commands.
Status ShellReader::nested(std::string_view script, bool as_text) {
  TRY(deeper());
  ShellReader inner(script, limits_, depth_ + 1, out_);
  return as_text ? inner.expansions_of_text() : inner.run();
}

// The text of a here-document: only expansions count.
Status ShellReader::expansions_of_text() {
  std::string ignored;
  while (!at_end()) {
    char c = peek();
    if (c == '$') {
      TRY(dollar(ignored, /*quoted=*/true));
    } else if (c == '`') {
      TRY(backquoted(ignored));
    } else {
      at_ += c == '\\' ? 2 : 1;
    }
    ignored.clear();
  }
  return {};
}

// ((...)): true, behind it, when two parentheses close it; otherwise nothing is taken, for then it
// is a subshell in a subshell.
base::Result<bool> ShellReader::arithmetic() {
  if (!ahead("((")) return false;
  size_t open = 0;
  size_t end = at_;
  do {
    if (end == text_.size()) return false;
    char c = text_[end++];
    if (c == '\n' || c == '"' || c == '\'') return false;
    if (c == '(') ++open;
    if (c == ')') --open;
  } while (open > 0);
  if (text_[end - 2] != ')') return false;
  at_ += 2;
  std::string ignored;
  while (at_ < end) {
    if (peek() == '$') {
      TRY(dollar(ignored, /*quoted=*/true));
    } else if (peek() == '`') {
      TRY(backquoted(ignored));
    } else {
      ++at_;
    }
  }
  return true;
}

// A pattern of bash, from its parenthesis on.
Status ShellReader::skip_parentheses() {
  size_t open = 0;
  while (!at_end()) {
    char c = peek();
    if (c == '\\' || c == '\'' || c == '"') {
      std::string ignored;
      TRY(word_part(ignored));
      continue;
    }
    ++at_;
    if (c == '(') ++open;
    if (c == ')' && --open == 0) return {};
  }
  return bad("a ( is not closed");
}

Status ShellReader::read_heredocs() {
  std::vector<Heredoc> waiting = std::move(heredocs_);
  heredocs_.clear();
  for (const Heredoc& heredoc : waiting) {
    std::string body;
    bool closed = false;
    while (!closed && !at_end()) {
      size_t end = text_.find('\n', at_);
      std::string_view line = text_.substr(at_, end == text_.npos ? end : end - at_);
      at_ = end == text_.npos ? text_.size() : end + 1;
      while (heredoc.chomp && line.starts_with('\t')) line.remove_prefix(1);
      closed = line == heredoc.name;
      if (!closed) body.append(line) += '\n';
    }
    if (heredoc.command < out_.size() && !out_[heredoc.command].words.empty()) {
      // What a shell reads from its input are commands.
      static constexpr auto kShells =
          std::to_array<std::string_view>({"sh", "bash", "dash", "ash", "ksh", "zsh"});
      auto name = base::basename(out_[heredoc.command].words.front().text);
      if (std::find(kShells.begin(), kShells.end(), name) != kShells.end()) {
        size_t before = out_.size();
        if (nested(body, /*as_text=*/false)) continue;
        out_.resize(before);
      }
    }
    if (!heredoc.quoted) TRY(nested(body, /*as_text=*/true));
  }
  return {};
}

}  // namespace bulkhead::posture
