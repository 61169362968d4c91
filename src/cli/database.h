// SPDX-License-Identifier: Apache-2.0
// Which advisory database a command uses.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "cli/command.h"
#include "vuln/database/database.h"

namespace bulkhead::cli {

// --db, else BULKHEAD_DB, else <cache>/db/advisories.db.
base::Result<std::string> database_path(const Invocation& invocation);
// The one before it, kept by every update.
std::string previous_path(const std::string& path);

// What ages and expiries refer to: --at, else now. kInvalid when --at is no time.
base::Result<base::UnixTime> reference_time(const Invocation& invocation);

struct ChosenDatabase {
  std::optional<vuln::Database> database;
  std::string kind;  // "feeds" or "starter"
};

// The database, else (said on stderr) the last good one, else the starter list. With --db a broken
// file is an error unless its predecessor is good.
base::Result<ChosenDatabase> choose_database(const Invocation& invocation);

}  // namespace bulkhead::cli
