// SPDX-License-Identifier: Apache-2.0
// bulkhead man: manual pages from the command tables.
#include <cstdio>

#include "base/text.h"
#include "cli/command.h"
#include "cli/exit_code.h"

namespace bulkhead::cli::commands::man {
namespace {

int run(const Invocation& invocation) {
  std::string wanted = invocation.arguments().front();
  for (char& c : wanted) {
    if (c == '-') c = ' ';
  }
  for (const Command* command : all_commands()) {
    if (command->name != wanted) continue;
    std::string page = man_page(*command);
    std::fwrite(page.data(), 1, page.size(), stdout);
    return kClean;
  }
  complain("no command \"" + wanted + "\"; see bulkhead --help");
  return kUsage;
}

}  // namespace

extern constinit const Command descriptor = {
    "man",     "print the manual page of a command (roff)",
    "COMMAND", "  bulkhead man scan | man -l -\n  bulkhead man db-update > bulkhead-db-update.1",
    {},        run};

}  // namespace bulkhead::cli::commands::man
