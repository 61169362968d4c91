// SPDX-License-Identifier: Apache-2.0
// Inputs behind a network or a socket.
#pragma once

#include <string>

#include "base/result.h"
#include "cli/command.h"
#include "cli/open_input.h"

namespace bulkhead::cli {

// Fills out.remote and out.name from the reference out.input.value.
base::Status open_registry(const Invocation& invocation, OpenedInput& out);
// Exports the image from the docker or podman socket into out.file; out becomes an archive.
base::Status open_daemon(const Invocation& invocation, OpenedInput& out,
                         const std::string& spool_directory);

}  // namespace bulkhead::cli
