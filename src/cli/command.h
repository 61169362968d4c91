// SPDX-License-Identifier: Apache-2.0
// Commands and their flags as tables: parsing, help, completion and man pages are made from them.
// Adding a command = one file in commands/ with a `constinit const Command <stem>`.
#pragma once

#include <array>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostics.h"
#include "base/result.h"

namespace bulkhead::cli {

struct Flag {
  std::string_view name;     // "severity"
  char letter = 0;           // 's', 0 none
  std::string_view value;    // "LEVELS"; "" for a switch
  std::string_view summary;  // one line
  bool repeated = false;
  std::string_view choices = "";  // "a,b,c": the only values allowed; "" any
};

// Tables joined at compile time.
template <size_t A, size_t B>
constexpr std::array<Flag, A + B> join_flags(const std::array<Flag, A>& a,
                                             const std::array<Flag, B>& b) {
  std::array<Flag, A + B> out{};
  for (size_t i = 0; i < A; ++i) out[i] = a[i];
  for (size_t i = 0; i < B; ++i) out[A + i] = b[i];
  return out;
}

// What the user gave.
class Invocation {
 public:
  bool has(std::string_view flag) const { return values_.contains(std::string(flag)); }
  std::string value(std::string_view flag, std::string_view fallback = "") const {
    auto at = values_.find(std::string(flag));
    return at == values_.end() || at->second.empty() ? std::string(fallback) : at->second.back();
  }
  std::vector<std::string> values(std::string_view flag) const {
    auto at = values_.find(std::string(flag));
    return at == values_.end() ? std::vector<std::string>() : at->second;
  }
  const std::vector<std::string>& arguments() const { return arguments_; }

  std::map<std::string, std::vector<std::string>> values_;
  std::vector<std::string> arguments_;
};

struct Command {
  std::string_view name;       // "scan"; "db update" for the file db_update.cc
  std::string_view summary;    // one line
  std::string_view arguments;  // "INPUT", "" none, "[SHELL]" optional
  std::string_view details;    // paragraphs for help and the man page
  std::span<const Flag> flags;
  int (*run)(const Invocation& invocation) = nullptr;
};

// All commands, sorted by file name (generated from commands/*.cc).
std::span<const Command* const> all_commands();

// Parses the command line and runs the command; the exit code of the process.
int run_command_line(int argc, const char* const* argv);

// "bulkhead: message" on stderr.
void complain(std::string_view message);
int fail(const base::Error& error);
// Diagnostics on stderr: a few of each kind, then how many more there are.
void complain_about(const base::Diagnostics& diagnostics);

// Help texts, from the tables.
std::string general_help();
// Of the commands whose first word this is ("policy"); "" when there is none.
std::string group_help(std::string_view group);
std::string command_help(const Command& command);
std::string man_page(const Command& command);

}  // namespace bulkhead::cli
