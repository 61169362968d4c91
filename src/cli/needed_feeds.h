// SPDX-License-Identifier: Apache-2.0
// What the last scans needed, for db update: <cache>/needed-ecosystems, a line for each ecosystem
// with the time of the last scan that met it. The confined child names them, the parent keeps them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "cli/feed_list.h"

namespace bulkhead::cli {

inline constexpr uint64_t kMaxNeedsBytes = 64 * 1024;

// One a line, as the child hands them over.
std::string needs_text(const Ecosystems& ecosystems);

// Joins the lines of needs_text() to what is kept. What is no ecosystem that we know is ignored:
// neither the child nor the file is trusted.
base::Status remember_needs(std::string_view text, base::UnixTime now);

// What scans of the last 90 days needed; nullopt when none was recorded.
std::optional<Ecosystems> recent_needs(base::UnixTime now);

}  // namespace bulkhead::cli
