// SPDX-License-Identifier: Apache-2.0
// Help and man pages, all from the command tables.
#include <fmt/format.h>

#include "base/text.h"
#include "cli/command.h"
#include "cli/version.h"

namespace bulkhead::cli {
namespace {

std::string flag_left_side(const Flag& flag) {
  std::string out = flag.letter != 0 ? fmt::format("-{}, ", flag.letter) : "    ";
  out += fmt::format("--{}", flag.name);
  if (!flag.value.empty()) out += fmt::format(" {}", flag.value);
  return out;
}

std::string flag_right_side(const Flag& flag) {
  std::string out(flag.summary);
  if (!flag.choices.empty()) out += fmt::format(" ({})", flag.choices);
  if (flag.repeated) out += "; may be repeated";
  return out;
}

constexpr std::string_view kMore =
    "\nbulkhead COMMAND --help says more. Exit codes: 0 clean, 1 failed or incomplete, 2 the "
    "policy said no, 64 usage.\n";

std::string command_line(const Command& command) {
  return fmt::format("  {:<16} {}\n", command.name, command.summary);
}

// roff treats a leading dot or quote as a request, a backslash as an escape and '-' as a hyphen.
std::string roff(std::string_view text) {
  std::string out;
  bool line_start = true;
  for (char c : text) {
    if (line_start && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
    line_start = c == '\n';
  }
  return out;
}

}  // namespace

std::string general_help() {
  std::string out =
      "bulkhead: container security from build to run\n\nUsage: bulkhead COMMAND [flags] "
      "[arguments]\n\nCommands:\n";
  for (const Command* command : all_commands()) out += command_line(*command);
  return out + std::string(kMore);
}

std::string group_help(std::string_view group) {
  std::string commands;
  for (const Command* command : all_commands()) {
    auto words = base::cut(command->name, " ");
    if (words && words->first == group) commands += command_line(*command);
  }
  if (commands.empty()) return "";
  return fmt::format("Usage: bulkhead {} COMMAND [flags] [arguments]\n\nCommands:\n{}{}", group,
                     commands, kMore);
}

std::string command_help(const Command& command) {
  std::string out =
      fmt::format("{}\n\nUsage: bulkhead {} [flags]{}{}\n", command.summary, command.name,
                  command.arguments.empty() ? "" : " ", command.arguments);
  if (!command.details.empty()) out += fmt::format("\n{}\n", command.details);
  out += "\nFlags:\n";
  for (const Flag& flag : command.flags) {
    out += fmt::format("  {:<28} {}\n", flag_left_side(flag), flag_right_side(flag));
  }
  out += fmt::format("  {:<28} {}\n", "-h, --help", "show this help");
  return out;
}

std::string man_page(const Command& command) {
  std::string name = fmt::format("bulkhead-{}", command.name);
  for (char& c : name) {
    if (c == ' ') c = '-';
  }
  std::string out = fmt::format(".TH \"{}\" 1 \"\" \"bulkhead {}\"\n.SH NAME\n{} \\- {}\n", name,
                                kVersion, roff(name), roff(command.summary));
  out += fmt::format(".SH SYNOPSIS\n.B bulkhead {}\n[flags] {}\n", command.name,
                     roff(command.arguments));
  if (!command.details.empty()) out += ".SH DESCRIPTION\n" + roff(command.details) + "\n";
  out += ".SH OPTIONS\n";
  for (const Flag& flag : command.flags) {
    out += fmt::format(".TP\n.B {}\n{}\n", roff(base::trim(flag_left_side(flag))),
                       roff(flag_right_side(flag)));
  }
  out += ".SH EXIT STATUS\n0 clean, 1 failed or incomplete, 2 the policy said no, 64 usage.\n";
  return out;
}

}  // namespace bulkhead::cli
