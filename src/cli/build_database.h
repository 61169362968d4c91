// SPDX-License-Identifier: Apache-2.0
// Building the advisory database from a mirror directory, as db build and db update do.
#pragma once

#include <string>
#include <vector>

#include "cli/command.h"

namespace bulkhead::cli {

// Prints the result on stderr and returns the exit code. The old database becomes the previous one.
int build_database(const Invocation& invocation, const std::string& mirror_directory);

// Fetches feeds from the mirror URL ("" = the public services) into the cache, then builds.
int fetch_and_build(const Invocation& invocation, const std::string& mirror);

}  // namespace bulkhead::cli
