// SPDX-License-Identifier: Apache-2.0
// Building the advisory database from feeds laid out as the public services serve them.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/diagnostics.h"
#include "base/fs.h"
#include "base/result.h"
#include "vuln/database/database.h"

namespace bulkhead::vuln {

// One feed file, already fetched. The reader is chosen by path: "osv/npm/all.zip",
// "debian/tracker.json", "alpine/v3.21/main.json", "kev/...json", "epss/...csv.gz".
struct FeedFile {
  std::string path;  // relative to the mirror's root
  base::Fd fd;
  base::UnixTime date = 0;  // when the feed was published; counts for feeds that do not say it
};

struct BuildOptions {
  std::vector<std::string> private_directories;  // OSV JSON files that take priority
  // Called from any thread, one call at a time.
  std::function<void(std::string_view feed, uint64_t done, uint64_t total)> progress;
  std::optional<base::UnixTime> built;  // instead of the newest record's date
  std::optional<base::UnixTime> now;    // later dates are mistakes and count as unknown
  unsigned threads = 0;  // 0: as many as there are cores; the result does not depend on it
};

// Lists the feed files below a directory that some reader understands, sorted.
base::Result<std::vector<std::string>> list_feeds(const std::string& directory);

// Reads all feeds and writes the database atomically to `target`; the old file stays until the new
// one has been reopened and verified. Broken records are diagnostics, a broken feed is an error
// unless other feeds remain, in which case it is kIncomplete.
base::Result<DatabaseInfo> build(std::vector<FeedFile> feeds, const BuildOptions& options,
                                 const std::string& target, base::Diagnostics& diagnostics);
// The same without a file, for tests and the list that ships inside the program.
base::Result<base::Bytes> build_in_memory(std::vector<FeedFile> feeds, const BuildOptions& options,
                                          base::Diagnostics& diagnostics);
// A database in memory of the starter list that ships inside the program (a few milliseconds). Its
// one source is named "starter".
base::Result<Database> starter_database();

}  // namespace bulkhead::vuln
