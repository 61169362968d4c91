// SPDX-License-Identifier: Apache-2.0
// Dockerfiles, read as BuildKit reads them: instructions with their lines, nothing expanded.
//
// The reader is lenient where a builder would stop: what it cannot make sense of becomes a Problem
// with its line, and everything else is still read, so that one odd line does not hide the rest of
// the file from a policy.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/result.h"

namespace bulkhead::posture {

struct Heredoc {
  std::string name;    // the word that ends it, without quotes
  std::string text;    // the lines as written (also with <<-), each with its line break
  bool chomp = false;  // <<-: leading tabs do not count
  bool expand = true;  // the word was not quoted: variables in the text are expanded

  // The text as the command reads it: without leading tabs when chomp is set.
  std::string content() const;
};

// NAME=value of ENV, ARG and LABEL, without quotes and not expanded. No value: ARG NAME.
struct Pair {
  std::string key;
  std::optional<std::string> value;
};

struct Instruction {
  std::string keyword;                // as written
  std::string cmd;                    // lower case
  std::string text;                   // one line: continuations joined, comments inside them gone
  std::string raw;                    // as written, with line breaks and here-documents
  std::vector<std::string> comments;  // the comment lines above it, without '#'
  std::vector<std::string> flags;     // "--from=build", quotes removed
  // What follows the flags. RUN, CMD, ENTRYPOINT, SHELL: the elements, or one text in shell form.
  // HEALTHCHECK: "NONE" or "CMD", then as CMD. ADD, COPY, VOLUME, EXPOSE, FROM: words. ENV and
  // LABEL: key, value, "=" (or "" for `ENV key value`), again and again, as written. ARG: words as
  // written. USER, WORKDIR, STOPSIGNAL, MAINTAINER: one text. ONBUILD: none, see inner.
  std::vector<std::string> args;
  bool exec_form = false;  // a JSON array
  std::vector<Heredoc> heredocs;
  std::vector<Instruction> inner;  // of ONBUILD: the instruction it wraps
  uint32_t line = 0;               // from 1
  uint32_t end_line = 0;
  int32_t stage = -1;  // -1 before the first FROM

  // Of ENV, ARG and LABEL; empty for others.
  std::vector<Pair> pairs(char escape) const;
  // The values of a flag: {"build"} for "from" in COPY --from=build; a flag without value is
  // "true".
  std::vector<std::string> flag(std::string_view name) const;
};

struct DockerfileProblem {
  uint32_t line = 0;
  std::string message;
};

struct Dockerfile {
  std::map<std::string, std::string> directives;  // syntax, escape, check; as written
  char escape = '\\';
  std::vector<Instruction> instructions;
  std::vector<DockerfileProblem> problems;
};

// kLimit: larger than max_bytes, or more than max_entries instructions. kInvalid: not text.
base::Result<Dockerfile> parse_dockerfile(std::string_view text, const base::Limits& limits);

}  // namespace bulkhead::posture
