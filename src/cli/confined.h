// SPDX-License-Identifier: Apache-2.0
// Commands that read what others wrote: everything is opened first, then a confined process reads
// it.
#pragma once

#include <functional>

#include "base/result.h"
#include "cli/command.h"

namespace bulkhead::cli {

// Runs work in a confined process that can open nothing and talk to nobody; what it writes goes to
// the descriptors that are open. Returns its exit code; a failure is complained about.
int run_confined_command(const Invocation& invocation,
                         const std::function<base::Result<int>()>& work);

// The whole text to standard output.
base::Status print(std::string_view text);

}  // namespace bulkhead::cli
