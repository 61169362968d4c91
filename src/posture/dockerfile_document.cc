// SPDX-License-Identifier: Apache-2.0
// Writes the document of a Dockerfile. Beside what is written it says what follows from it as far
// as the file alone tells: the image a FROM names once ARG defaults are in, the value of USER,
// EXPOSE, WORKDIR, COPY and ADD, and the commands that shell text runs. What is not known is left
// out.
//
// Reading back goes over `raw` and `line`: the text is laid out again and parsed, so there is one
// reader and the document needs no second, complete copy of everything.
#include "posture/dockerfile_document.h"

#include <algorithm>
#include <array>
#include <map>

#include "base/text.h"
#include "posture/dockerfile_scope.h"
#include "posture/dockerfile_words.h"
#include "posture/shell_words.h"

namespace bulkhead::posture {
namespace {

using base::Code;
using base::Error;
using base::json::Value;
using base::json::Writer;

constexpr uint64_t kMaxCommands = 20'000;  // of one file

template <size_t N>
bool is_any(std::string_view word, const std::string_view (&names)[N]) {
  return std::find(std::begin(names), std::end(names), word) != std::end(names);
}

bool is_posix_shell(std::string_view program) {
  return is_any(base::basename(program), {"sh", "bash", "dash", "ash", "ksh", "zsh"});
}

void write_list(Writer& json, std::string_view key, const std::vector<std::string>& list) {
  json.key(key).begin_array();
  for (const std::string& item : list) json.value(item);
  json.end_array();
}

// Whether a base image is one of Windows, whose shell is cmd: by its platform or its name. Nothing
// else tells: `# escape=` is only about how lines go on.
bool is_windows_base(const Instruction& from) {
  for (const std::string& platform : from.flag("platform")) {
    if (base::lower(platform).starts_with("windows")) return true;
  }
  const std::string image = base::lower(from.args.empty() ? "" : from.args.front());
  for (std::string_view name : {"windows", "nanoserver", "servercore"}) {
    if (image.find(name) != image.npos) return true;
  }
  return false;
}

class DocumentWriter {
 public:
  explicit DocumentWriter(const Dockerfile& file) : file_(file), scopes_(file.escape) {}
  std::string write(const std::optional<Dockerignore>& dockerignore);

 private:
  void write_from(const Instruction& instruction, int32_t stage);
  void write_image(const std::string& image);
  void write_instruction(const Instruction& instruction);
  void write_resolved(const Instruction& instruction);
  void write_pairs(const Instruction& instruction);
  void write_flags(const Instruction& instruction);
  void write_form(const Instruction& instruction);
  void write_commands(const Instruction& instruction);
  void write_heredocs(const Instruction& instruction);
  std::optional<std::string> script_of(const Instruction& instruction) const;
  std::vector<std::string> value_of(const Instruction& instruction) const;
  int32_t stage_named(std::string_view name) const;

  const Dockerfile& file_;
  DockerfileScopes scopes_;
  std::map<std::string, int32_t, std::less<>> names_;  // of stages, lower case; the last counts
  bool posix_ = true;  // the shell of the stage is one whose text split_shell reads
  std::vector<bool> posix_of_;  // what it was at the end of each stage before this one
  uint64_t commands_ = 0;
  Writer json_{0};
};

int32_t DocumentWriter::stage_named(std::string_view name) const {
  auto found = names_.find(base::lower(name));
  return found == names_.end() ? -1 : found->second;
}

// "ghcr.io:5000/a/b:1@sha256:..." taken apart.
void DocumentWriter::write_image(const std::string& image) {
  std::string_view name = image;
  if (auto parts = base::cut(name, "@")) {
    json_.member("digest", parts->second);
    name = parts->first;
  }
  size_t colon = name.rfind(':');
  if (colon != name.npos && name.find('/', colon) == name.npos) {
    json_.member("tag", name.substr(colon + 1));
    name = name.substr(0, colon);
  }
  json_.member("image", name);
}

void DocumentWriter::write_from(const Instruction& instruction, int32_t stage) {
  json_.key("from").begin_object();
  json_.member("raw", instruction.raw).member("line", instruction.line);
  if (instruction.end_line != instruction.line) json_.member("end_line", instruction.end_line);
  if (!instruction.comments.empty()) write_list(json_, "comments", instruction.comments);
  std::string written = instruction.args.empty() ? "" : instruction.args.front();
  auto expanded = scopes_.expand(written, /*from=*/true);
  write_image(expanded ? expanded->text : written);
  if (expanded && !expanded->unresolved.empty()) {
    write_list(json_, "unresolved", expanded->unresolved);
  }
  auto platforms = instruction.flag("platform");
  if (!platforms.empty()) json_.member("platform", platforms.front());
  if (instruction.args.size() == 3) json_.member("alias", base::lower(instruction.args[2]));
  if (stage >= 0) json_.member("stage", stage);
  json_.end_object();
}

std::vector<std::string> DocumentWriter::value_of(const Instruction& instruction) const {
  if (instruction.cmd == "onbuild") {
    std::string_view text = instruction.text;
    size_t at = std::min(text.size(), text.find_first_of(" \t"));
    return {std::string(base::trim(text.substr(at)))};
  }
  if (instruction.cmd != "env" && instruction.cmd != "label") return instruction.args;
  std::vector<std::string> words;
  for (size_t i = 0; i + 2 < instruction.args.size(); i += 3) {
    if (instruction.args[i + 2].empty()) {
      words.push_back(instruction.args[i]);
      words.push_back(instruction.args[i + 1]);
    } else {
      words.push_back(instruction.args[i] + "=" + instruction.args[i + 1]);
    }
  }
  return words;
}

void DocumentWriter::write_resolved(const Instruction& instruction) {
  if (!is_any(instruction.cmd, {"user", "workdir", "expose", "copy", "add"})) return;
  std::vector<std::string> resolved;
  for (const std::string& word : instruction.args) {
    if (word.find_first_of("$'\"\\`") == std::string::npos || heredoc_of_word(word)) {
      resolved.push_back(word);
      continue;
    }
    auto expanded = scopes_.expand(word, /*from=*/false);
    if (!expanded || !expanded->unresolved.empty()) return;
    resolved.push_back(std::move(expanded->text));
  }
  if (resolved != instruction.args) write_list(json_, "resolved", resolved);
}

void DocumentWriter::write_pairs(const Instruction& instruction) {
  auto pairs = instruction.pairs(file_.escape);
  if (pairs.empty()) return;
  json_.key("pairs").begin_array();
  for (const Pair& pair : pairs) {
    json_.begin_object().member("key", pair.key);
    if (pair.value) json_.member("value", *pair.value);
    json_.end_object();
  }
  json_.end_array();
}

void DocumentWriter::write_flags(const Instruction& instruction) {
  std::map<std::string, std::vector<std::string>> flags;
  for (std::string_view flag : instruction.flags) {
    std::string_view name =
        flag.substr(2, flag.find('=') == flag.npos ? flag.npos : flag.find('=') - 2);
    flags.emplace(name, instruction.flag(name));
  }
  json_.key("flags").begin_object();
  for (const auto& [name, values] : flags) write_list(json_, name, values);
  json_.end_object();
}

void DocumentWriter::write_form(const Instruction& instruction) {
  bool either = is_any(instruction.cmd, {"run", "cmd", "entrypoint", "shell"}) ||
                (instruction.cmd == "healthcheck" && instruction.args.size() > 1);
  if (instruction.exec_form) {
    json_.member("form", "exec");
  } else if (either) {
    json_.member("form", "shell");
  }
}

void DocumentWriter::write_heredocs(const Instruction& instruction) {
  if (instruction.heredocs.empty()) return;
  json_.key("heredocs").begin_array();
  for (const Heredoc& heredoc : instruction.heredocs) {
    json_.begin_object();
    json_.member("name", heredoc.name).member("text", heredoc.content());
    json_.member("expand", heredoc.expand);
    json_.end_object();
  }
  json_.end_array();
}

// The shell text that the instruction runs; nullopt when it runs none, or not by a known shell.
std::optional<std::string> DocumentWriter::script_of(const Instruction& instruction) const {
  bool health = instruction.cmd == "healthcheck";
  if (!health && !is_any(instruction.cmd, {"run", "cmd", "entrypoint"})) return std::nullopt;
  std::vector<std::string> args = instruction.args;
  if (health && !args.empty()) args.erase(args.begin());
  if (instruction.exec_form) {
    bool script = args.size() >= 3 && is_posix_shell(args[0]) && args[1].starts_with('-') &&
                  args[1].ends_with('c');
    return script ? std::optional(args[2]) : std::nullopt;
  }
  if (!posix_ || args.empty()) return std::nullopt;
  const auto& heredocs = instruction.heredocs;
  if (heredocs.empty()) return args[0];
  if (heredocs.size() == 1 && heredoc_of_word(args[0])) {  // RUN <<EOF: the text is the script
    std::string text = heredocs.front().content();
    if (!text.starts_with("#!")) return text;
    std::string_view program = base::trim(std::string_view(text).substr(2, text.find('\n') - 2));
    program = program.substr(0, program.find(' '));
    return is_posix_shell(program) ? std::optional(text) : std::nullopt;
  }
  std::string script = args[0];
  for (const Heredoc& heredoc : heredocs) script += "\n" + heredoc.text + heredoc.name;
  return script + "\n";
}

void DocumentWriter::write_commands(const Instruction& instruction) {
  auto script = script_of(instruction);
  if (!script || commands_ >= kMaxCommands) return;
  base::Limits limits;
  limits.max_entries = kMaxCommands - commands_;
  auto commands = split_shell(*script, limits);
  if (!commands) return;
  commands_ += commands->size();
  json_.key("commands").begin_array();
  for (const ShellCommand& command : *commands) {
    json_.begin_object();
    json_.key("words").begin_array();
    for (const ShellWord& word : command.words) json_.value(word.text);
    json_.end_array();
    json_.member("before", command.before);
    if (!command.assigns.empty()) {
      std::map<std::string, std::string> assigns(command.assigns.begin(), command.assigns.end());
      json_.key("assigns").begin_object();
      for (const auto& [name, value] : assigns) json_.member(name, value);
      json_.end_object();
    }
    if (!command.reads.empty()) write_list(json_, "reads", command.reads);
    if (!command.writes.empty()) write_list(json_, "writes", command.writes);
    json_.end_object();
  }
  json_.end_array();
}

void DocumentWriter::write_instruction(const Instruction& instruction) {
  json_.begin_object();
  json_.member("cmd", instruction.cmd);
  write_list(json_, "value", value_of(instruction));
  write_resolved(instruction);
  write_pairs(instruction);
  write_flags(instruction);
  write_form(instruction);
  write_commands(instruction);
  write_heredocs(instruction);
  for (const Instruction& inner : instruction.inner) {
    json_.key("inner");
    write_instruction(inner);
  }
  if (!instruction.comments.empty()) write_list(json_, "comments", instruction.comments);
  if (!instruction.raw.empty()) json_.member("raw", instruction.raw);
  json_.member("line", instruction.line).member("end_line", instruction.end_line);
  json_.member("stage", instruction.stage);
  json_.end_object();
}

std::string DocumentWriter::write(const std::optional<Dockerignore>& dockerignore) {
  json_.begin_object();
  json_.key("args").begin_array();
  int32_t stage = -1;
  for (const Instruction& instruction : file_.instructions) {
    if (instruction.cmd == "from") {
      if (stage < 0) json_.end_array().key("stages").begin_array();
      if (stage >= 0) {
        json_.end_array().end_object();
        posix_of_.push_back(posix_);
      }
      stage = instruction.stage;
      json_.begin_object().member("index", stage);
      bool named = instruction.args.size() == 3;
      if (named) json_.member("name", base::lower(instruction.args[2]));
      int32_t base = instruction.args.empty() ? -1 : stage_named(instruction.args.front());
      write_from(instruction, base);
      json_.key("instructions").begin_array();
      if (named) names_.insert_or_assign(base::lower(instruction.args[2]), stage);
      scopes_.take(instruction, base);
      posix_ = base < 0 ? !is_windows_base(instruction) : posix_of_[static_cast<size_t>(base)];
      continue;
    }
    write_instruction(instruction);
    scopes_.take(instruction);
    if (instruction.cmd == "shell" && !instruction.args.empty()) {
      posix_ = is_posix_shell(instruction.args.front());
    }
  }
  json_.end_array();
  if (stage >= 0) json_.end_object().end_array();
  if (stage < 0) json_.key("stages").begin_array().end_array();
  if (dockerignore) {
    json_.key("dockerignore").begin_object().member("present", dockerignore->present);
    if (dockerignore->present) write_list(json_, "patterns", dockerignore->patterns);
    json_.end_object();
  }
  if (!file_.directives.empty()) {
    json_.key("directives").begin_object();
    for (const auto& [name, value] : file_.directives) json_.member(name, value);
    json_.end_object();
  }
  json_.end_object();
  return json_.take();
}

// Lays instructions out at the lines where they stood.
class Layout {
 public:
  void put(Value instruction, Value comments) {
    auto line = instruction["line"].integer();
    auto raw = instruction["raw"].string();
    valid_ = valid_ && line && raw && *line >= 1 && *line <= (1 << 24);
    if (!valid_) return;
    lines_[static_cast<uint32_t>(*line)] = {std::string(*raw), {}};
    comments.each([&](Value comment) {
      lines_[static_cast<uint32_t>(*line)].comments.emplace_back(comment.string_or(""));
    });
  }
  void directives(Value directives) {
    directives.each_member([&](std::string_view name, Value value) {
      text_ += "# " + std::string(name) + "=" + std::string(value.string_or("")) + "\n";
      ++line_;
    });
  }
  base::Result<Dockerfile> parse(const base::Limits& limits);

 private:
  struct Placed {
    std::string raw;
    std::vector<std::string> comments;
  };
  bool valid_ = true;
  std::map<uint32_t, Placed> lines_;
  std::string text_;
  uint32_t line_ = 1;  // of the end of text_
};

base::Result<Dockerfile> Layout::parse(const base::Limits& limits) {
  Error bad(Code::kInvalid, "not the document of a Dockerfile");
  for (const auto& [line, placed] : lines_) {
    if (!valid_ || line < line_ || text_.size() + line > limits.max_bytes) return bad;
    text_.append(line - line_, '\n');
    text_ += placed.raw + "\n";
    line_ =
        line + 1 + static_cast<uint32_t>(std::count(placed.raw.begin(), placed.raw.end(), '\n'));
  }
  if (!valid_) return bad;
  Dockerfile file = TRY(parse_dockerfile(text_, limits));
  for (Instruction& instruction : file.instructions) {
    auto placed = lines_.find(instruction.line);
    if (placed != lines_.end()) instruction.comments = placed->second.comments;
  }
  return file;
}

}  // namespace

Dockerignore parse_dockerignore(std::string_view text) {
  Dockerignore out;
  out.present = true;
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  std::string_view line;
  while (base::next_line(text, line) && out.patterns.size() < 10'000) {
    if (line.starts_with('#')) continue;
    line = base::trim(line);
    if (!line.empty()) out.patterns.emplace_back(line);
  }
  return out;
}

std::string dockerfile_document(const Dockerfile& file,
                                const std::optional<Dockerignore>& dockerignore) {
  return DocumentWriter(file).write(dockerignore);
}

base::Result<Dockerfile> dockerfile_of_document(Value document, const base::Limits& limits) {
  Layout layout;
  layout.directives(document["directives"]);
  document["args"].each([&](Value arg) { layout.put(arg, arg["comments"]); });
  document["stages"].each([&](Value stage) {
    layout.put(stage["from"], stage["from"]["comments"]);
    stage["instructions"].each(
        [&](Value instruction) { layout.put(instruction, instruction["comments"]); });
  });
  return layout.parse(limits);
}

}  // namespace bulkhead::posture
