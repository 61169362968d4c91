// SPDX-License-Identifier: Apache-2.0
// bulkhead db verify: recompute the content hash of the advisory database.
#include <cstdio>

#include "cli/database.h"
#include "cli/exit_code.h"
#include "cli/session.h"

namespace bulkhead::cli::commands::db_verify {
namespace {

int run(const Invocation& invocation) {
  auto path = database_path(invocation);
  if (!path) return fail(path.error());
  auto database = vuln::Database::open_path(*path);
  if (!database) return fail(std::move(database).error().context(*path));
  auto verified = database->verify();
  if (!verified) return fail(std::move(verified).error().context(*path));
  std::string text = *path + ": good, " + database->info().digest + "\n";
  std::fwrite(text.data(), 1, text.size(), stdout);
  return kClean;
}

}  // namespace

extern constinit const Command descriptor = {
    "db verify", "check the advisory database against its own hash", "", "", kDatabaseFlags, run};

}  // namespace bulkhead::cli::commands::db_verify
