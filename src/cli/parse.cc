// SPDX-License-Identifier: Apache-2.0
// The command line by CLI11, built from the command tables. CLI11 throws; nothing leaves this file.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

#include "base/clock.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/version.h"
#include "scan/confine.h"

namespace bulkhead::cli {
namespace {

void print(std::FILE* to, std::string_view text) { std::fwrite(text.data(), 1, text.size(), to); }

// One command's parser, with the places that CLI11 writes to.
struct Parser {
  const Command* command = nullptr;
  CLI::App app;
  std::map<std::string_view, std::vector<std::string>> values;
  std::map<std::string_view, size_t> switches;
  std::vector<std::string> arguments;
  bool help = false;
};

void add_flag(Parser& parser, const Flag& flag) {
  std::string names = "--" + std::string(flag.name);
  if (flag.letter != 0) names = std::string("-") + flag.letter + "," + names;
  std::string summary(flag.summary);
  if (flag.value.empty()) {
    parser.app.add_flag(names, parser.switches[flag.name], summary);
    return;
  }
  CLI::Option* option = parser.app.add_option(names, parser.values[flag.name], summary);
  option->expected(1)->type_size(1)->allow_extra_args(false);
  // Also of a flag that takes one value, so that run() can refuse the second.
  option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  if (!flag.choices.empty()) {
    std::vector<std::string> choices;
    for (std::string_view choice : base::split(flag.choices, ',')) choices.emplace_back(choice);
    // The word as the table has it: commands compare it as it is.
    option->transform(CLI::IsMember(choices, CLI::ignore_case));
  }
}

void describe(Parser& parser, const Command& command) {
  parser.command = &command;
  parser.app.set_help_flag();
  parser.app.add_flag("-h,--help", parser.help, "show this help");
  for (const Flag& flag : command.flags) add_flag(parser, flag);
  if (command.arguments.empty()) return;
  parser.app.add_option("arguments", parser.arguments, std::string(command.arguments))
      ->expected(0, 1 << 16);
}

// What is wrong with a value, as the end of a sentence that begins with the flag; "" for nothing.
std::string unusable(const Flag& flag, const std::string& value) {
  // What a script meant to fill in must not pass for the default.
  if (value.empty()) return ": the value is empty";
  if (flag.value == "TIME" && !base::parse_time(value)) {
    return " \"" + value + "\" is not a time (RFC 3339)";
  }
  return "";
}

// What is wrong with the values of a flag, as a sentence; "" for nothing.
std::string unusable(const Flag& flag, const std::vector<std::string>& values) {
  std::string name = "--" + std::string(flag.name);
  // One of two policies would be left out silently.
  if (!flag.repeated && values.size() > 1) {
    return name + " is given " + std::to_string(values.size()) + " times; it takes one value";
  }
  for (const std::string& value : values) {
    std::string wrong = unusable(flag, value);
    if (!wrong.empty()) return name + wrong;
  }
  return "";
}

int run(Parser& parser) {
  if (parser.help) {
    print(stdout, command_help(*parser.command));
    return kClean;
  }
  Invocation invocation;
  for (const Flag& flag : parser.command->flags) {
    std::string name(flag.name);
    if (flag.value.empty() && parser.switches[flag.name] != 0) invocation.values_[name] = {};
    if (!flag.value.empty() && !parser.values[flag.name].empty()) {
      invocation.values_[name] = parser.values[flag.name];
    }
  }
  for (const Flag& flag : parser.command->flags) {
    std::string wrong = unusable(flag, invocation.values(flag.name));
    if (wrong.empty()) continue;
    complain(wrong);
    return kUsage;
  }
  invocation.arguments_ = parser.arguments;
  std::string_view wanted = parser.command->arguments;
  bool required = !wanted.empty() && wanted.front() != '[';
  bool several = wanted.ends_with("...");
  if ((required && invocation.arguments_.empty()) ||
      (!several && invocation.arguments_.size() > 1)) {
    complain("usage: bulkhead " + std::string(parser.command->name) + " [flags] " +
             std::string(wanted) + "; see bulkhead " + std::string(parser.command->name) +
             " --help");
    return kUsage;
  }
  return parser.command->run(invocation);
}

// The command that the first words name, and how many words that took.
std::pair<const Command*, size_t> command_named(const std::vector<std::string>& words) {
  for (const Command* command : all_commands()) {
    std::vector<std::string_view> name = base::split(command->name, ' ');
    if (name.size() <= words.size() && std::equal(name.begin(), name.end(), words.begin())) {
      return {command, name.size()};
    }
  }
  return {nullptr, 0};
}

bool asks_for_help(std::string_view word) {
  return word == "--help" || word == "-h" || word == "help";
}

// No command: help that was asked for, or what is wrong with the words.
int answer_without_command(std::vector<std::string> words) {
  if (!words.empty() && words[0] == "--version") {
    print(stdout, "bulkhead " + std::string(kVersion) + "\n");
    return kClean;
  }
  // "help policy check", "help policy", "policy --help", "--help"
  bool help = std::erase_if(words, asks_for_help) != 0;
  if (const Command* command = help ? command_named(words).first : nullptr) {
    print(stdout, command_help(*command));
    return kClean;
  }
  std::string group = words.empty() ? "" : group_help(words[0]);
  bool known = words.size() == (group.empty() ? 0 : 1);
  if (!known && !words.empty()) {
    words.resize(std::min<size_t>(words.size(), group.empty() ? 1 : 2));
    complain("unknown command \"" + base::join(words, " ") + "\"");
  }
  print(help && known ? stdout : stderr, group.empty() ? general_help() : group);
  return help && known ? kClean : kUsage;
}

// Each command has a parser of its own: what follows the command's name is never taken for another
// command, so that an image may be called "scan".
int parse_and_run(int argc, const char* const* argv) {
  std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
  auto [command, used] = command_named(words);
  if (command == nullptr) return answer_without_command(std::move(words));
  Parser parser;
  describe(parser, *command);
  std::vector<std::string> rest(words.begin() + static_cast<ptrdiff_t>(used), words.end());
  std::reverse(rest.begin(), rest.end());  // as CLI11 wants them
  try {
    parser.app.parse(std::move(rest));
  } catch (const CLI::ParseError& error) {
    complain(std::string(error.what()) + " (see bulkhead " + std::string(command->name) +
             " --help)");
    return kUsage;
  }
  return run(parser);
}

// What was printed may lie in a buffer still, or have been refused on the way: whoever redirects it
// to a disk that is full must not take the empty file for the answer.
int after_flushing(int code) {
  errno = 0;
  bool lost = std::fflush(stdout) != 0;
  int why = errno;
  lost = std::ferror(stdout) != 0 || lost;
  if (!lost) return code;
  complain("standard output could not be written" +
           (why != 0 ? ": " + std::string(std::strerror(why)) : ""));  // NOLINT: one thread
  return code == kClean || code == kPolicy ? int{kFailed} : code;
}

}  // namespace

int run_command_line(int argc, const char* const* argv) {
  // Who reads may leave early, as head does. That ends the program as it ends others, also where
  // it was started by one that ignores the signal.
  std::signal(SIGPIPE, SIG_DFL);
  try {
    int code = parse_and_run(argc, argv);
    if (code != scan::kReaderLeft) return after_flushing(code);
    // What is temporary has been taken away by now.
    std::signal(SIGPIPE, SIG_DFL);
    std::raise(SIGPIPE);
    return kFailed;
  } catch (const std::exception& error) {
    complain(std::string("internal error: ") + error.what());
    return kFailed;
  }
}

// A list in a message ("\n  " before each item) keeps its lines: indented, none can pass for a
// message of its own. Everything else that moves the cursor is escaped.
void complain(std::string_view message) {
  constexpr std::string_view kNext = "\n  ";
  constexpr size_t kMost = 8192;
  std::string line = "bulkhead: ";
  while (line.size() < kMost) {
    auto next = base::cut(message, kNext);
    if (!next) break;
    line += base::printable(next->first, kMost) + std::string(kNext);
    message = next->second;
  }
  print(stderr, line + base::printable(message, kMost) + "\n");
}

int fail(const base::Error& error) {
  complain(error.message());
  return kFailed;
}

void complain_about(const base::Diagnostics& diagnostics) {
  constexpr uint64_t kShown = 3;
  std::map<std::string, uint64_t> seen;
  for (const base::Diagnostic& d : diagnostics.all()) {
    if (++seen[d.kind] <= kShown) complain(d.where + ": " + d.message);
  }
  for (const auto& [kind, count] : diagnostics.dropped()) seen[kind] += count;
  for (const auto& [kind, count] : seen) {
    if (count > kShown) complain("... and " + std::to_string(count - kShown) + " more of " + kind);
  }
}

}  // namespace bulkhead::cli
