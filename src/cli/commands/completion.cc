// SPDX-License-Identifier: Apache-2.0
// bulkhead completion: shell completion from the command tables.
#include <fmt/format.h>

#include <cstdio>
#include <set>

#include "base/text.h"
#include "cli/command.h"
#include "cli/exit_code.h"

namespace bulkhead::cli::commands::completion {
namespace {

std::string words_after(std::string_view prefix) {
  std::set<std::string> words;
  for (const Command* command : all_commands()) {
    std::string name(command->name);
    if (!prefix.empty() && !name.starts_with(std::string(prefix) + " ")) continue;
    std::string rest = prefix.empty() ? name : name.substr(prefix.size() + 1);
    words.insert(rest.substr(0, rest.find(' ')));
  }
  return fmt::format("{}", fmt::join(words, " "));
}

std::string flags_of(const Command& command) {
  std::string out = "--help";
  for (const Flag& flag : command.flags) out += fmt::format(" --{}", flag.name);
  return out;
}

std::string bash() {
  std::string out =
      "# bash completion for bulkhead; load with: source <(bulkhead completion bash)\n"
      "_bulkhead() {\n"
      "  local cur=${COMP_WORDS[COMP_CWORD]} words=\"${COMP_WORDS[1]}\" flags=\"\"\n"
      "  [ \"$COMP_CWORD\" -gt 2 ] && [[ ${COMP_WORDS[2]} != -* ]] && words=\"$words "
      "${COMP_WORDS[2]}\"\n";
  out += fmt::format(
      "  if [ \"$COMP_CWORD\" -eq 1 ]; then COMPREPLY=($(compgen -W \"{}\" -- \"$cur\")); return; "
      "fi\n",
      words_after(""));
  out += "  case $words in\n";
  std::set<std::string> groups;
  for (const Command* command : all_commands()) {
    auto parts = base::cut(command->name, " ");
    if (parts) groups.insert(std::string(parts->first));
    // A one-word command is followed by its input, so its pattern takes anything after it.
    out += fmt::format("    \"{}\"{}) flags=\"{}\" ;;\n", command->name, parts ? "" : "*",
                       flags_of(*command));
  }
  for (const std::string& group : groups) {
    out += fmt::format("    {}) COMPREPLY=($(compgen -W \"{}\" -- \"$cur\")); return ;;\n", group,
                       words_after(group));
  }
  out +=
      "  esac\n"
      "  if [[ $cur == -* ]]; then COMPREPLY=($(compgen -W \"$flags\" -- \"$cur\"));\n"
      "  else COMPREPLY=($(compgen -f -- \"$cur\")); fi\n"
      "}\n"
      "complete -o filenames -F _bulkhead bulkhead\n";
  return out;
}

std::string zsh() {
  return "#compdef bulkhead\nautoload -U +X bashcompinit && bashcompinit\n" + bash();
}

std::string fish() {
  std::string out = "# fish completion for bulkhead\n";
  for (const Command* command : all_commands()) {
    std::string first(command->name.substr(0, command->name.find(' ')));
    out += fmt::format("complete -c bulkhead -n __fish_use_subcommand -a {} -d '{}'\n", first,
                       command->summary);
    for (const Flag& flag : command->flags) {
      out +=
          fmt::format("complete -c bulkhead -n '__fish_seen_subcommand_from {}' -l {} -d \"{}\"\n",
                      first, flag.name, flag.summary);
    }
  }
  return out;
}

int run(const Invocation& invocation) {
  const std::string& shell = invocation.arguments().front();
  std::string text;
  if (shell == "bash") text = bash();
  if (shell == "zsh") text = zsh();
  if (shell == "fish") text = fish();
  if (text.empty()) {
    complain("completion for bash, zsh and fish; not for \"" + shell + "\"");
    return kUsage;
  }
  std::fwrite(text.data(), 1, text.size(), stdout);
  return kClean;
}

}  // namespace

extern constinit const Command descriptor = {
    "completion", "print the completion script for bash, zsh or fish",
    "SHELL",      "  source <(bulkhead completion bash)",
    {},           run};

}  // namespace bulkhead::cli::commands::completion
