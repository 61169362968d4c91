// SPDX-License-Identifier: Apache-2.0
// The starter list as a database that lives in anonymous memory.
#include "vuln/database/build.h"

namespace bulkhead::vuln {

std::string_view starter_advisories();  // generated from data/starter-advisories.json

base::Result<Database> starter_database() {
  std::vector<FeedFile> feeds(1);
  feeds[0].path = "starter/advisories.json";
  feeds[0].fd = TRY(base::memory_file(base::as_bytes(starter_advisories())));
  BuildOptions options;
  options.threads = 1;
  base::Diagnostics diagnostics;
  base::Bytes file = TRY(build_in_memory(std::move(feeds), options, diagnostics));
  return Database::open(TRY(base::memory_file(file)));
}

}  // namespace bulkhead::vuln
