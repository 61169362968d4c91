// SPDX-License-Identifier: Apache-2.0
// Building the advisory database from a mirror directory, as db build and db update do.
#pragma once

#include <string>
#include <vector>

#include "cli/command.h"

namespace bulkhead::cli {

// Whose dates stand for feeds that carry none in themselves: our own downloads have the service's,
// any other file that of its last copy, which says nothing.
enum class FileDates { kMean, kMeanNothing };

// Prints the result on stderr and returns the exit code. The old database becomes the previous one.
int build_database(const Invocation& invocation, const std::string& mirror_directory,
                   FileDates dates = FileDates::kMeanNothing);

inline constexpr Flag kFeedDateFlag = {
    "feed-date", 0, "TIME", "when the mirror's feeds were published, for those that do not say it"};

// Fetches feeds from the mirror URL ("" = the public services) into the cache, then builds.
int fetch_and_build(const Invocation& invocation, const std::string& mirror);

}  // namespace bulkhead::cli
