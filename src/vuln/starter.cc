// SPDX-License-Identifier: Apache-2.0
// The starter list as a database that lives in anonymous memory.
#include <sys/mman.h>

#include "vuln/build.h"

namespace bulkhead::vuln {

std::string_view starter_advisories();  // generated from data/starter-advisories.json

namespace {

base::Result<base::Fd> in_memory(base::ByteView bytes) {
  base::Fd fd(memfd_create("bulkhead-starter", MFD_CLOEXEC));
  if (!fd.valid()) return base::errno_error("create", "a file in memory");
  TRY(base::write_all(fd, bytes));
  return fd;
}

}  // namespace

base::Result<Database> starter_database() {
  std::vector<FeedFile> feeds(1);
  feeds[0].path = "starter/advisories.json";
  feeds[0].fd = TRY(in_memory(base::as_bytes(starter_advisories())));
  BuildOptions options;
  options.threads = 1;
  base::Diagnostics diagnostics;
  base::Bytes file = TRY(build_in_memory(std::move(feeds), options, diagnostics));
  return Database::open(TRY(in_memory(file)));
}

}  // namespace bulkhead::vuln
