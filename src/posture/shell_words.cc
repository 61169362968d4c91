// SPDX-License-Identifier: Apache-2.0
// The shell's grammar (POSIX.1-2017, XCU 2.10), down to simple commands.
//
// A policy asks "is `apt-get install` run without -y", which a search in the text answers wrongly
// as soon as there are quotes, pipes or `if`. So the script is read by the real grammar; only the
// tree is thrown away, because such questions are about commands and not about their nesting.
#include "posture/shell_words.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "posture/shell_reader.h"

namespace bulkhead::posture {

using base::Code;
using base::Error;
using base::Status;

namespace {

constexpr auto kDeclarations = std::to_array<std::string_view>(
    {"export", "local", "declare", "readonly", "typeset", "let", "nameref"});

bool is_number(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), base::is_digit);
}

// One level of nesting, for as long as it lives.
class Nested {
 public:
  explicit Nested(unsigned& depth) : depth_(depth) { ++depth_; }
  ~Nested() { --depth_; }
  Nested(const Nested&) = delete;
  Nested& operator=(const Nested&) = delete;

 private:
  unsigned& depth_;
};

}  // namespace

Error ShellReader::bad(std::string_view what) const {
  auto end = text_.begin() + static_cast<std::ptrdiff_t>(std::min(at_, text_.size()));
  auto line = std::count(text_.begin(), end, '\n') + 1;
  return Error(Code::kInvalid, "line " + std::to_string(line) + ": " + std::string(what));
}

Status ShellReader::deeper() {
  if (depth_ < limits_.max_depth) return {};
  return Error(Code::kLimit, "nested deeper than " + std::to_string(limits_.max_depth));
}

Status ShellReader::run() {
  TRY(list({}));
  if (!at_end()) return bad(std::string("unexpected ") + peek());
  return {};
}

// What separates commands. False: none of it is ahead.
base::Result<bool> ShellReader::separator(bool had_command) {
  if (peek() == '\n') {
    ++at_;
    TRY(read_heredocs());
    if (had_command && (before_.empty() || before_ == ";")) before_ = ";";
    return true;
  }
  if (ahead(";;") || ahead(";&")) return false;  // the end of a branch of case
  static constexpr auto kOperators = std::to_array<std::pair<std::string_view, std::string_view>>(
      {{"&&", "&&"}, {"||", "||"}, {"|&", "|"}, {"|", "|"}, {"&", "&"}, {";", ";"}});
  for (auto [written, meaning] : kOperators) {
    if (!ahead(written)) continue;
    if (!had_command) return bad(std::string(written) + " with no command before it");
    at_ += written.size();
    before_ = meaning;
    return true;
  }
  return false;
}

Status ShellReader::list(Closers closers) {
  TRY(deeper());
  Nested nested(depth_);
  bool had_command = false;
  while (true) {
    skip_blank();
    if (at_end() || peek() == ')') break;
    bool newline = peek() == '\n';
    if (TRY(separator(had_command))) {
      had_command = had_command && newline && before_ == ";";
      continue;
    }
    if (ahead(";;") || ahead(";&")) break;
    std::string_view keyword = keyword_ahead();
    if (std::find(closers.begin(), closers.end(), keyword) != closers.end()) break;
    if (had_command && before_.empty()) return bad("two commands with nothing between them");
    TRY(command());
    before_ = {};
    had_command = true;
  }
  if (!had_command && (before_ == "&&" || before_ == "||" || before_ == "|")) {
    return bad("no command after " + std::string(before_));
  }
  return {};
}

Status ShellReader::command() {
  TRY(deeper());
  Nested nested(depth_);
  while (keyword_ahead() == "!" || keyword_ahead() == "time" || keyword_ahead() == "coproc") {
    at_ += keyword_ahead().size();
    skip_blank();
    if (at_end() || peek() == '\n' || peek() == ';') return {};
  }
  if (peek() == '(') {
    TRY(subshell());
    return redirections_of_compound();
  }
  bool done = false;
  TRY(compound(keyword_ahead(), done));
  if (done) return redirections_of_compound();
  return simple();
}

Status ShellReader::compound(std::string_view keyword, bool& done) {
  done = true;
  if (keyword == "{") {
    ++at_;
    return group({"}"}, "}");
  }
  if (keyword == "if") return if_clause();
  if (keyword == "while" || keyword == "until") return loop();
  if (keyword == "for" || keyword == "select") return for_clause();
  if (keyword == "case") return case_clause();
  if (keyword == "function") return function_clause();
  if (keyword == "[[") return test_clause();
  done = false;
  static constexpr auto kMisplaced =
      std::to_array<std::string_view>({"then", "elif", "else", "fi", "do", "done", "esac", "}"});
  if (std::find(kMisplaced.begin(), kMisplaced.end(), keyword) != kMisplaced.end()) {
    return bad("unexpected " + std::string(keyword));
  }
  return {};
}

Status ShellReader::expect(std::string_view keyword) {
  skip_blank();
  if (keyword_ahead() != keyword) return bad(std::string(keyword) + " is missing");
  at_ += keyword.size();
  return {};
}

Status ShellReader::group(Closers closers, std::string_view closer) {
  TRY(list(closers));
  return expect(closer);
}

Status ShellReader::subshell() {
  if (TRY(arithmetic())) return {};
  ++at_;
  TRY(list({}));
  if (peek() != ')') return bad("a ( is not closed");
  ++at_;
  return {};
}

Status ShellReader::if_clause() {
  TRY(expect("if"));
  TRY(group({"then"}, "then"));
  while (true) {
    TRY(list({"elif", "else", "fi"}));
    if (keyword_ahead() == "elif") {
      TRY(expect("elif"));
      TRY(group({"then"}, "then"));
    } else if (keyword_ahead() == "else") {
      TRY(expect("else"));
      return group({"fi"}, "fi");
    } else {
      return expect("fi");
    }
  }
}

Status ShellReader::loop() {
  at_ += keyword_ahead().size();
  TRY(group({"do"}, "do"));
  return group({"done"}, "done");
}

Status ShellReader::for_clause() {
  at_ += keyword_ahead().size();
  skip_blank();
  ShellWord ignored;
  if (ahead("((")) {
    if (!TRY(arithmetic())) return bad("a (( is not closed");
  } else {
    TRY(word(ignored));
    skip_newlines();
    if (keyword_ahead() == "in") {
      TRY(expect("in"));
      for (skip_blank(); !at_end() && peek() != ';' && peek() != '\n'; skip_blank()) {
        TRY(word(ignored));
      }
    }
  }
  skip_blank();
  if (peek() == ';') ++at_;
  skip_newlines();
  if (keyword_ahead() == "{") {
    ++at_;
    return group({"}"}, "}");
  }
  TRY(expect("do"));
  return group({"done"}, "done");
}

Status ShellReader::case_clause() {
  TRY(expect("case"));
  skip_blank();
  ShellWord ignored;
  TRY(word(ignored));
  skip_newlines();
  TRY(expect("in"));
  while (true) {
    skip_newlines();
    if (keyword_ahead() == "esac") return expect("esac");
    if (peek() == '(') ++at_;
    skip_blank();
    TRY(word(ignored));
    for (skip_blank(); peek() == '|'; skip_blank()) {
      ++at_;
      skip_blank();
      TRY(word(ignored));
    }
    if (peek() != ')') return bad("a pattern of case does not end with )");
    ++at_;
    before_ = {};
    TRY(list({"esac"}));
    if (ahead(";;&")) {
      at_ += 3;
    } else if (ahead(";;") || ahead(";&")) {
      at_ += 2;
    } else if (keyword_ahead() != "esac") {
      return bad("esac is missing");
    }
  }
}

Status ShellReader::function_clause() {
  TRY(expect("function"));
  skip_blank();
  ShellWord name;
  TRY(word(name));
  skip_blank();
  if (peek() == '(') {
    ++at_;
    skip_blank();
    if (peek() != ')') return bad("a ( is not closed");
    ++at_;
  }
  skip_newlines();
  return command();
}

Status ShellReader::test_clause() {
  TRY(expect("[["));
  while (true) {
    skip_newlines();
    if (at_end()) return bad("]] is missing");
    if (ahead("]]")) {
      at_ += 2;
      return {};
    }
    if (std::string_view("()<>&|;").find(peek()) != std::string_view::npos) {
      ++at_;
      continue;
    }
    ShellWord ignored;
    TRY(word(ignored));
  }
}

Status ShellReader::redirections_of_compound() {
  ShellCommand holder;
  holder.before = before_;
  size_t index = out_.size();
  for (skip_blank(); redirection_ahead(); skip_blank()) TRY(redirection(holder, index));
  if (!holder.reads.empty() || !holder.writes.empty()) out_.push_back(std::move(holder));
  return {};
}

Status ShellReader::simple() {
  if (out_.size() >= limits_.max_entries) {
    return Error(Code::kLimit, "more than " + std::to_string(limits_.max_entries) + " commands");
  }
  size_t index = out_.size();
  out_.emplace_back();  // inner commands come after this one
  ShellCommand made;
  made.before = before_;
  size_t begin = at_;
  for (skip_blank(); !at_end(); skip_blank()) {
    if (redirection_ahead()) {
      TRY(redirection(made, index));
    } else if (std::string_view("\n;&|)").find(peek()) != std::string_view::npos) {
      break;
    } else if (peek() == '(') {
      bool definition = made.words.size() == 1 && made.assigns.empty() && out_.size() == index + 1;
      if (!definition) return bad("unexpected (");
      ++at_;
      skip_blank();
      if (peek() != ')') return bad("a ( is not closed");
      ++at_;
      skip_newlines();
      out_.pop_back();
      return command();
    } else if (made.words.empty() && assignment_ahead()) {
      TRY(assignment(made));
    } else {
      made.words.emplace_back();
      ShellWord& made_word = made.words.back();
      TRY(word(made_word));
      bool array_follows = made_word.written.ends_with('=') && peek() == '(';
      if (array_follows) TRY(array(made_word.text));
    }
  }
  if (at_ == begin) return bad(std::string("unexpected ") + peek());
  made.declares =
      !made.words.empty() && std::find(kDeclarations.begin(), kDeclarations.end(),
                                       made.words.front().written) != kDeclarations.end();
  out_[index] = std::move(made);
  return {};
}

Status ShellReader::assignment(ShellCommand& command) {
  size_t begin = at_;
  while (peek() != '=') ++at_;
  std::string name(text_.substr(begin, at_ - begin));
  if (name.ends_with('+')) name.pop_back();
  ++at_;
  if (peek() == '(') {
    command.assigns.emplace_back(std::move(name), "");
    return array(command.assigns.back().second);
  }
  ShellWord value;
  TRY(word(value));
  command.assigns.emplace_back(std::move(name), std::move(value.text));
  return {};
}

// NAME=(...) of bash, from its parenthesis on.
Status ShellReader::array(std::string& text) {
  size_t open = at_++;
  for (skip_newlines(); !at_end() && peek() != ')'; skip_newlines()) {
    ShellWord ignored;
    TRY(word(ignored));
  }
  if (at_end()) return bad("a ( is not closed");
  ++at_;
  text += text_.substr(open, at_ - open);
  return {};
}

Status ShellReader::redirection(ShellCommand& command, size_t index) {
  while (base::is_digit(peek())) ++at_;
  static constexpr auto kOperators = std::to_array<std::string_view>(
      {"<<<", "<<-", "<<", "<&", "<>", "<", "&>>", "&>", ">>", ">&", ">|", ">"});
  auto op = std::find_if(kOperators.begin(), kOperators.end(),
                         [&](std::string_view candidate) { return ahead(candidate); });
  if (op == kOperators.end()) return bad("unexpected redirection");
  at_ += op->size();
  skip_blank();
  ShellWord target;
  TRY(word(target));
  if (target.written.empty()) return bad("a redirection without a target");
  if (*op == "<<" || *op == "<<-") {
    bool quoted = target.text != target.written;
    heredocs_.push_back({std::move(target.text), quoted, *op == "<<-", index});
  } else if (*op == "<<<") {
    // The word itself is the input.
  } else if (op->ends_with('&') && (is_number(target.text) || target.text == "-")) {
    // Another descriptor, no file.
  } else {
    if (op->starts_with('<')) command.reads.push_back(target.text);
    if (op->find('>') != op->npos) command.writes.push_back(std::move(target.text));
  }
  return {};
}

base::Result<std::vector<ShellCommand>> split_shell(std::string_view script,
                                                    const base::Limits& limits) {
  if (script.size() > limits.max_bytes) {
    return Error(Code::kLimit, "script of " + std::to_string(script.size()) +
                                   " bytes; the limit is " + std::to_string(limits.max_bytes));
  }
  std::vector<ShellCommand> out;
  TRY(ShellReader(script, limits, 0, out).run());
  return out;
}

}  // namespace bulkhead::posture
