// SPDX-License-Identifier: Apache-2.0
// A confined process without requests to its parent.
#include "cli/confined.h"

#include <unistd.h>

#include "base/fs.h"
#include "cli/exit_code.h"
#include "scan/confine.h"

namespace bulkhead::cli {

int run_confined_command(const Invocation& invocation,
                         const std::function<base::Result<int>()>& work) {
  scan::ConfinedRun run;
  run.work = [&](base::Fd) -> int {
    if (!invocation.has("no-sandbox")) {
      auto confined = scan::confine(scan::Confinement());
      if (!confined) return fail(confined.error());
    }
    auto code = work();
    return code ? *code : fail(code.error());
  };
  run.serve = [](const base::Fd&) { return base::Status(); };
  auto code = scan::run_confined(run);
  return code ? *code : fail(code.error());
}

base::Status print(std::string_view text) {
  base::Fd out(::dup(STDOUT_FILENO));
  if (!out.valid()) return base::errno_error("open", "standard output");
  return base::write_all(out, base::as_bytes(text)).context("standard output");
}

}  // namespace bulkhead::cli
