// SPDX-License-Identifier: Apache-2.0
// bulkhead db update: fetch what has changed, then build.
#include "cli/build_database.h"
#include "cli/feeds.h"
#include "cli/needed_feeds.h"
#include "cli/session.h"

namespace bulkhead::cli::commands::db_update {
namespace {

constexpr std::array kOwnFlags = {
    Flag{"mirror", 0, "DIR|URL", "ask this mirror instead of the public services"},
    Flag{"all", 0, "", "every feed, not only those that the last scans needed"},
    Flag{"private", 0, "DIR", "own OSV files, which go before public ones", true},
    kFeedDateFlag,
    kIncompleteFlag,
    Flag{"quiet", 'q', "", "no progress, no remarks"},
};
constexpr auto kFlags = join_flags(kOwnFlags, kDatabaseFlags);

int run(const Invocation& invocation) {
  std::string mirror = invocation.value("mirror");
  bool directory = !mirror.empty() && mirror.find("://") == std::string::npos;
  if (directory) return build_database(invocation, mirror);
  std::optional<Ecosystems> needed;
  if (!invocation.has("all")) needed = recent_needs(base::SystemClock().now());
  if (needed && !invocation.has("quiet")) {
    std::vector<std::string> names(needed->begin(), needed->end());
    complain("asking for what scans of the last 90 days needed: " + base::join(names, ", ") +
             " (--all asks for every feed)");
  }
  return fetch_and_build(invocation, mirror, needed);
}

}  // namespace

extern constinit const Command descriptor = {
    "db update",
    "fetch advisories and rebuild the database",
    "",
    "Fetched are the feeds about what scans of the last 90 days met (every feed when there was\n"
    "no scan, and with --all). Feeds that have not changed are not fetched again (ETag); an\n"
    "interrupted download goes on where it stopped. The old database stays until the new one has\n"
    "been verified, and while a feed cannot be read.",
    kFlags,
    run};

}  // namespace bulkhead::cli::commands::db_update
