// SPDX-License-Identifier: Apache-2.0
// Building the advisory database from a mirror directory, as db build and db update do.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/feed_list.h"

namespace bulkhead::cli {

// Whose dates stand for feeds that carry none in themselves: our own downloads have the service's,
// any other file that of its last copy, which says nothing.
enum class FileDates { kMean, kMeanNothing };

// Prints the result on stderr and returns the exit code. The old database becomes the previous one;
// it stays in force when feeds that the new one would lack are among the diagnostics (those of
// fetching, to which those of building are added), unless --allow-incomplete.
int build_database(const Invocation& invocation, const std::string& mirror_directory,
                   FileDates dates, base::Diagnostics& diagnostics);
inline int build_database(const Invocation& invocation, const std::string& mirror_directory) {
  base::Diagnostics diagnostics;
  return build_database(invocation, mirror_directory, FileDates::kMeanNothing, diagnostics);
}

inline constexpr Flag kFeedDateFlag = {
    "feed-date", 0, "TIME", "when the mirror's feeds were published, for those that do not say it"};

inline constexpr Flag kIncompleteFlag = {
    "allow-incomplete", 0, "", "put a database in force although a feed could not be read"};

// Fetches the feeds about the needed ecosystems (nullopt = all) from the mirror URL ("" = the
// public services) into the cache, then builds.
int fetch_and_build(const Invocation& invocation, const std::string& mirror,
                    const std::optional<Ecosystems>& needed);

}  // namespace bulkhead::cli
