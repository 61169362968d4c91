// SPDX-License-Identifier: Apache-2.0
// Symbolic links are not followed: what counts is where a file is. The one exception that matters
// is a package database that is reached only through a link, for its packages would silently be
// missing. Such links are remembered and reported.
#pragma once

#include <span>
#include <string_view>

#include "base/diagnostics.h"
#include "scan/facts.h"

namespace bulkhead::scan {

// Whether a package database stands at this path or below it.
bool leads_to_database(std::string_view path);

// Reports every visible link behind which the merged tree holds something where the link's path
// has a package database, unless the database is read there under its own name.
void report_links(std::span<const TreeFacts* const> layers, const PathKey& key,
                  base::Diagnostics& diagnostics);

}  // namespace bulkhead::scan
