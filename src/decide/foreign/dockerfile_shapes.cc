// SPDX-License-Identifier: Apache-2.0
// Both shapes show the nodes of BuildKit's own parser: the words of an instruction in `Value`, ENV
// and LABEL as key, value and "=" in turn, and of ONBUILD the instruction that it wraps. Members
// and their spelling are part of what rules were written against, down to null for an empty list.
#include "decide/foreign/dockerfile_shapes.h"

#include <algorithm>

#include "base/json.h"
#include "base/text.h"
#include "posture/dockerfile_words.h"

namespace bulkhead::decide {
namespace {

using base::json::Writer;
using posture::Heredoc;
using posture::Instruction;

void write_list(Writer& json, std::string_view key, const std::vector<std::string>& items) {
  json.key(key).begin_array();
  for (const std::string& item : items) json.value(item);
  json.end_array();
}

void write_list_or_null(Writer& json, std::string_view key, const std::vector<std::string>& items) {
  if (items.empty()) {
    json.key(key).null();
  } else {
    write_list(json, key, items);
  }
}

const Instruction& inner_of(const Instruction& instruction) {
  return instruction.inner.empty() ? instruction : instruction.inner.front();
}

std::string sub_command(const Instruction& instruction) {
  return instruction.inner.empty() ? "" : instruction.inner.front().keyword;
}

// The text of RUN with here-documents and arguments as Trivy shows it: a script with its lines
// joined by " ; ", or the whole text when it is more than one script.
std::string script_text(const Instruction& instruction) {
  const Heredoc& first = instruction.heredocs.front();
  const std::string& word = instruction.args.front();
  if (!posture::heredoc_of_word(word) || first.text.starts_with("#!")) {
    std::string text = word;
    for (const Heredoc& heredoc : instruction.heredocs) text += "\n" + heredoc.text + heredoc.name;
    return text;
  }
  std::string content = first.content();
  std::string joined;
  std::string_view rest = content;
  std::string_view line;
  for (bool begun = false; base::next_line(rest, line); begun = true) {
    if (begun) joined += " ; ";
    joined += line;
  }
  return joined;
}

std::string original_with_heredocs(const Instruction& instruction) {
  std::string text = instruction.text;
  for (const Heredoc& heredoc : instruction.heredocs) text += "\n" + heredoc.text + heredoc.name;
  return text;
}

void write_trivy_command(Writer& json, const Instruction& instruction, std::string_view path) {
  const Instruction& inner = inner_of(instruction);
  bool script = !inner.heredocs.empty() && !inner.args.empty();
  json.begin_object();
  json.member("Cmd", instruction.cmd);
  json.member("SubCmd", sub_command(instruction));
  write_list(json, "Flags", instruction.flags);
  write_list_or_null(json, "Value",
                     script ? std::vector<std::string>{script_text(inner)} : inner.args);
  json.member("Original", script ? original_with_heredocs(inner) : instruction.text);
  json.member("JSON", inner.exec_form);
  json.member("Stage", std::max(instruction.stage, 0));
  json.member("Path", path);
  json.member("StartLine", instruction.line).member("EndLine", instruction.end_line);
  json.end_object();
}

// "FROM a AS b" without its keyword, when that is written in capitals.
std::string stage_name(const Instruction& from) {
  std::string_view text = from.text;
  if (text.starts_with("FROM ")) text.remove_prefix(5);
  return std::string(base::trim(text));
}

}  // namespace

std::string conftest_dockerfile(const posture::Dockerfile& file) {
  Writer json(0);
  json.begin_array();
  for (const Instruction& instruction : file.instructions) {
    int32_t stage = std::max(instruction.stage, 0);
    for (const std::string& comment : instruction.comments) {
      json.begin_object();
      json.member("Cmd", "comment").member("SubCmd", "").member("JSON", false);
      json.key("Flags").null();
      write_list(json, "Value", {comment});
      json.member("Stage", stage);
      json.end_object();
    }
    const Instruction& inner = inner_of(instruction);
    json.begin_object();
    json.member("Cmd", instruction.cmd).member("SubCmd", sub_command(instruction));
    json.member("JSON", inner.exec_form);
    write_list(json, "Flags", instruction.flags);
    write_list_or_null(json, "Value", inner.args);
    json.member("Stage", stage);
    json.end_object();
  }
  json.end_array();
  return json.take();
}

std::string trivy_dockerfile(const posture::Dockerfile& file, std::string_view path) {
  Writer json(0);
  json.begin_object().key("Stages").begin_array();
  bool open = false;
  for (const Instruction& instruction : file.instructions) {
    if (instruction.cmd == "from" && open) {
      json.end_array().end_object();
      open = false;
    }
    if (!open) {
      json.begin_object();
      json.member("Name", instruction.cmd == "from" ? stage_name(instruction) : "");
      json.key("Commands").begin_array();
      open = true;
    }
    write_trivy_command(json, instruction, path);
  }
  if (open) json.end_array().end_object();
  json.end_array().end_object();
  return json.take();
}

}  // namespace bulkhead::decide
