// SPDX-License-Identifier: Apache-2.0
// bulkhead db build: the advisory database from a mirror, without asking the public services.
#include "base/fs.h"
#include "cli/build_database.h"
#include "cli/exit_code.h"
#include "cli/feeds.h"
#include "cli/progress_bar.h"
#include "cli/session.h"

namespace bulkhead::cli::commands::db_build {
namespace {

constexpr std::array kOwnFlags = {
    Flag{"from", 0, "DIR|URL", "mirror: a directory or a base URL (required)"},
    Flag{"private", 0, "DIR", "own OSV files, which go before public ones", true},
    kFeedDateFlag,
    kIncompleteFlag,
    Flag{"quiet", 'q', "", "no progress, no remarks"},
};
constexpr auto kFlags = join_flags(kOwnFlags, kDatabaseFlags);

int run(const Invocation& invocation) {
  std::string from = invocation.value("from");
  if (from.empty()) {
    complain("db build needs --from DIR or --from URL");
    return kUsage;
  }
  if (from.find("://") == std::string::npos) return build_database(invocation, from);
  return fetch_and_build(invocation, from, std::nullopt);
}

}  // namespace

extern constinit const Command descriptor = {
    "db build",
    "build the advisory database from a mirror directory or URL",
    "",
    "The mirror is laid out as the public services are: osv/<ecosystem>/all.zip,\n"
    "debian/tracker.json, alpine/<version>/{main,community}.json, kev/, epss/.",
    kFlags,
    run};

}  // namespace bulkhead::cli::commands::db_build
