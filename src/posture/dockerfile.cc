// SPDX-License-Identifier: Apache-2.0
// Reads a Dockerfile line by line, following the grammar that BuildKit's frontend has
// (https://docs.docker.com/reference/dockerfile/): parser directives, lines joined by the escape
// character with comments and empty lines between them dropped, and here-documents after the line
// that opens them. What a line means is dockerfile_words.cc.
//
// Lines are kept as views into the text until an instruction is whole, so memory is a small
// multiple of the file.
#include "posture/dockerfile.h"

#include "base/text.h"
#include "posture/dockerfile_words.h"

namespace bulkhead::posture {
namespace {

using base::Code;
using base::Error;
using base::Limits;

struct Line {
  std::string_view text;  // without its end
  std::string_view full;  // with its end
};

std::string_view without_end(std::string_view line) {
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
  return line;
}

std::string_view without_leading_tabs(std::string_view line) {
  while (!line.empty() && line.front() == '\t') line.remove_prefix(1);
  return line;
}

std::string_view without_leading_space(std::string_view line) {
  while (!line.empty() && base::is_space(line.front())) line.remove_prefix(1);
  return line;
}

bool is_comment(std::string_view line) { return without_leading_space(line).starts_with('#'); }

// Takes the escape character (and blanks after it) off the end of a line that goes on; a doubled
// one does not continue.
bool take_continuation(std::string_view& line, char escape) {
  std::string_view text = line;
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  if (text.empty() || text.back() != escape) return false;
  if (text.size() > 1 && text[text.size() - 2] == escape) return false;
  text.remove_suffix(1);
  line = text;
  return true;
}

struct Directive {
  std::string name;
  std::string_view value;
};

// "# name = value"; only the three names that exist.
std::optional<Directive> directive_of(std::string_view line) {
  if (!line.starts_with('#')) return std::nullopt;
  auto parts = base::cut(line.substr(1), "=");
  if (!parts) return std::nullopt;
  std::string name = base::lower(base::trim(parts->first));
  std::string_view value = base::trim(parts->second);
  if (value.empty() || (name != "syntax" && name != "escape" && name != "check")) {
    return std::nullopt;
  }
  return Directive{std::move(name), value};
}

class Reader {
 public:
  Reader(std::string_view text, const Limits& limits) : rest_(text), limits_(limits) {}
  base::Result<Dockerfile> read();

 private:
  bool next(Line& line);
  // Handles a line among the leading directives; false when it is none (and then none follows).
  bool directive(std::string_view line);
  base::Status instruction(std::string_view first, size_t begin);
  std::string join_lines(std::string_view first);
  void read_heredocs(Instruction& instruction);
  void place(Instruction instruction);
  void problem(uint32_t line, std::string message);

  std::string_view rest_;
  const Limits& limits_;
  std::string_view all_ = rest_;
  uint32_t line_ = 0;
  bool directives_over_ = false;
  std::vector<std::string> comments_;
  int32_t stage_ = -1;
  Dockerfile out_;
};

bool Reader::next(Line& line) {
  if (rest_.empty()) return false;
  size_t end = rest_.find('\n');
  line.full = rest_.substr(0, end == rest_.npos ? end : end + 1);
  line.text = without_end(line.full);
  rest_.remove_prefix(line.full.size());
  ++line_;
  return true;
}

// A file can hold as many bad lines as it has lines; the first hundred tell the story.
void Reader::problem(uint32_t line, std::string message) {
  if (out_.problems.size() < 100) out_.problems.push_back({line, std::move(message)});
}

bool Reader::directive(std::string_view line) {
  if (directives_over_) return false;
  auto found = directive_of(line);
  if (!found) {
    directives_over_ = true;
    return false;
  }
  std::string value(found->value);
  if (out_.directives.contains(found->name)) {
    problem(line_, "parser directive " + found->name + " stands twice; the first counts");
    return true;
  }
  if (found->name == "escape") {
    if (value == "\\" || value == "`") {
      out_.escape = value[0];
    } else {
      problem(line_, "escape must be \\ or `");
    }
  }
  out_.directives.emplace(std::move(found->name), std::move(value));
  return true;
}

// The rest of a logical line whose first line ended with the escape character.
std::string Reader::join_lines(std::string_view first) {
  std::string joined(first);
  Line line;
  while (next(line)) {
    if (is_comment(line.text) || without_leading_space(line.text).empty()) continue;
    std::string_view text = line.text;
    bool goes_on = take_continuation(text, out_.escape);
    joined += text;
    if (!goes_on) break;
  }
  return joined;
}

void Reader::read_heredocs(Instruction& instruction) {
  for (Heredoc& heredoc : instruction.heredocs) {
    Line line;
    bool closed = false;
    while (!closed && next(line)) {
      std::string_view word = heredoc.chomp ? without_leading_tabs(line.text) : line.text;
      closed = word == heredoc.name;
      if (!closed) heredoc.text += line.full;
    }
    if (!closed) {
      problem(instruction.line,
              "here-document " + base::printable(heredoc.name, 80) + " is not ended");
    }
  }
}

bool takes_heredocs(const Instruction& instruction) {
  return !instruction.exec_form &&
         (instruction.cmd == "run" || instruction.cmd == "copy" || instruction.cmd == "add");
}

base::Status Reader::instruction(std::string_view first, size_t begin) {
  Instruction made;
  made.line = line_;
  std::string_view text = first;
  std::string line = take_continuation(text, out_.escape) ? join_lines(text) : std::string(text);
  if (base::trim(line).empty()) return {};
  if (out_.instructions.size() >= limits_.max_entries) {
    return Error(Code::kLimit,
                 "more than " + std::to_string(limits_.max_entries) + " instructions");
  }
  std::vector<std::string> problems;
  bool known = split_instruction(line, out_.escape, made, problems);
  for (std::string& message : problems) problem(made.line, std::move(message));
  if (!known) {
    comments_.clear();
    return {};
  }
  Instruction& command = made.inner.empty() ? made : made.inner.front();
  if (takes_heredocs(command) && line.find("<<") != line.npos) {
    command.heredocs = heredocs_of_line(line);
    command.line = made.line;
    read_heredocs(command);
  }
  made.end_line = line_;
  std::string_view written = all_.substr(begin, all_.size() - rest_.size() - begin);
  made.raw = without_leading_space(without_end(written));
  made.comments = std::move(comments_);
  comments_.clear();
  place(std::move(made));
  return {};
}

// Gives the instruction its stage.
void Reader::place(Instruction made) {
  if (made.cmd == "from") {
    ++stage_;
  } else if (stage_ < 0 && made.cmd != "arg") {
    problem(made.line, made.keyword + " stands before the first FROM");
    return;
  }
  made.stage = stage_;
  for (Instruction& inner : made.inner) {
    inner.stage = stage_;
    inner.line = made.line;
    inner.end_line = made.end_line;
  }
  out_.instructions.push_back(std::move(made));
}

base::Result<Dockerfile> Reader::read() {
  Line line;
  size_t begin = 0;
  while (begin = all_.size() - rest_.size(), next(line)) {
    std::string_view text = without_leading_space(line.text);
    if (text.starts_with('#')) {
      if (directive(text)) continue;
      std::string_view comment = base::trim(text.substr(1));
      if (comment.empty()) comments_.clear();
      if (!comment.empty() && comments_.size() < 1000) comments_.emplace_back(comment);
      continue;
    }
    directives_over_ = true;
    if (!text.empty()) TRY(instruction(text, begin));
  }
  if (stage_ < 0) problem(line_ == 0 ? 1 : line_, "no FROM instruction");
  return std::move(out_);
}

}  // namespace

std::string Heredoc::content() const {
  if (!chomp) return text;
  std::string out;
  std::string_view rest = text;
  while (!rest.empty()) {
    size_t end = rest.find('\n');
    std::string_view line = rest.substr(0, end == rest.npos ? end : end + 1);
    rest.remove_prefix(line.size());
    out += without_leading_tabs(line);
  }
  return out;
}

std::vector<std::string> Instruction::flag(std::string_view name) const {
  std::vector<std::string> values;
  for (std::string_view written : flags) {
    written.remove_prefix(2);
    auto parts = base::cut(written, "=");
    if ((parts ? parts->first : written) != name) continue;
    values.emplace_back(parts ? parts->second : "true");
  }
  return values;
}

std::vector<Pair> Instruction::pairs(char escape) const {
  std::vector<Pair> out;
  auto plain = [&](std::string_view word) { return unquoted(word, escape); };
  if (cmd == "env" || cmd == "label") {
    for (size_t i = 0; i + 2 < args.size(); i += 3) {
      out.push_back({plain(args[i]), plain(args[i + 1])});
    }
  } else if (cmd == "arg") {
    for (const std::string& word : args) {
      auto parts = base::cut(word, "=");
      if (!parts) {
        out.push_back({plain(word), std::nullopt});
      } else {
        out.push_back({plain(parts->first), plain(parts->second)});
      }
    }
  }
  return out;
}

base::Result<Dockerfile> parse_dockerfile(std::string_view text, const Limits& limits) {
  if (text.size() > limits.max_bytes) {
    return Error(Code::kLimit, "Dockerfile of " + std::to_string(text.size()) +
                                   " bytes; the limit is " + std::to_string(limits.max_bytes));
  }
  if (text.find('\0') != text.npos) return Error(Code::kInvalid, "not a text file");
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  return Reader(text, limits).read();
}

}  // namespace bulkhead::posture
