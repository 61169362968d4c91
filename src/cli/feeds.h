// SPDX-License-Identifier: Apache-2.0
// Fetching advisory feeds: from the public services, or from a mirror with the same layout.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/diagnostics.h"
#include "base/result.h"
#include "cli/feed_list.h"
#include "scan/progress.h"

namespace bulkhead::cli {

struct FetchResult {
  uint64_t fetched = 0;    // new or changed
  uint64_t unchanged = 0;  // the service said so (ETag)
  std::vector<std::string> missing;  // paths that could not be fetched and of which no copy is held
};

// Downloads the feeds about the needed ecosystems (nullopt = all) into directory, laid out as a
// mirror. A feed that cannot be fetched is a diagnostic and its old copy stays, one that is no
// longer there a note; an error only when none could be fetched or was there. mirror: base URL of a
// mirror, "" = the public services.
base::Result<FetchResult> fetch_feeds(const std::string& mirror, const std::string& directory,
                                      const std::optional<Ecosystems>& needed,
                                      scan::Progress& progress, base::Diagnostics& diagnostics);

}  // namespace bulkhead::cli
