// SPDX-License-Identifier: Apache-2.0
// The database, or what comes closest to it.
#include "cli/database.h"

#include <cstdlib>

#include "vuln/database/build.h"

namespace bulkhead::cli {

base::Result<std::string> database_path(const Invocation& invocation) {
  if (invocation.has("db")) return invocation.value("db");
  if (const char* path = std::getenv("BULKHEAD_DB"); path != nullptr && *path != '\0') {
    return std::string(path);
  }
  return TRY(base::cache_directory()) + "/db/advisories.db";
}

std::string previous_path(const std::string& path) { return path + ".previous"; }

base::Result<base::UnixTime> reference_time(const Invocation& invocation) {
  if (!invocation.has("at")) return base::SystemClock().now();
  std::string text = invocation.value("at");
  auto time = base::parse_time(text);
  if (!time) {
    return base::Error(base::Code::kInvalid, "--at \"" + text + "\" is not a time (RFC 3339)");
  }
  return *time;
}

base::Result<ChosenDatabase> choose_database(const Invocation& invocation) {
  // Without a directory for it there is no database, as in a container that sets no HOME.
  auto place = database_path(invocation);
  std::string path = place ? *place : std::string();
  ChosenDatabase chosen;
  chosen.kind = "feeds";
  auto current = place ? vuln::Database::open_path(path)
                       : base::Result<vuln::Database>(std::move(place).error());
  if (current) {
    // Opening has looked at the header only: damage further in shows while judging, in a process
    // that may open nothing.
    auto previous = base::open_regular(previous_path(path));
    if (previous) current->set_last_good(std::move(*previous));
    chosen.database = std::move(*current);
    return chosen;
  }
  bool absent = current.error().code() == base::Code::kNotFound;
  auto previous = path.empty() ? base::Result<vuln::Database>(current.error())
                               : vuln::Database::open_path(previous_path(path));
  if (previous) {
    complain(path + ": " + current.error().message() + "; using the last good one (" +
             previous_path(path) + "). Rebuild with bulkhead db update");
    chosen.database = std::move(*previous);
    return chosen;
  }
  if (invocation.has("db") || !absent) {
    return std::move(current).error().context("advisory database");
  }
  if (!invocation.has("quiet")) {
    complain(
        "no advisory database: judging by the small starter list only; "
        "bulkhead db update fetches real advisories");
  }
  chosen.kind = "starter";
  chosen.database = TRY_AT("starter list", vuln::starter_database());
  return chosen;
}

}  // namespace bulkhead::cli
