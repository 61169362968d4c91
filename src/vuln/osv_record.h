// SPDX-License-Identifier: Apache-2.0
// One OSV record (ossf.github.io/osv-schema 1.7) as JSON text.
#pragma once

#include <string_view>

#include "base/diagnostics.h"
#include "base/result.h"
#include "vuln/record.h"

namespace bulkhead::vuln {

// kInvalid when it is not an OSV record at all. Parts that make no sense (an unknown event, an
// entry without a package) are left out with a diagnostic.
base::Result<Record> parse_osv(std::string_view json, std::string_view where,
                               base::Diagnostics& diagnostics);

// Brings a record into the shape the database stores: canonical names, events sorted by the
// ecosystem's version order, listed versions that a range covers anyway left out, entries that say
// nothing dropped. False when nothing is left of it.
bool prepare(Record& record, std::string_view where, base::Diagnostics& diagnostics);

// Cuts at a word of at most max_bytes, ends in an ellipsis when something was cut.
std::string shorten(std::string_view text, size_t max_bytes);

inline constexpr size_t kMaxTitleBytes = 200;
inline constexpr size_t kMaxDescriptionBytes = 600;
inline constexpr size_t kMaxReferences = 4;

}  // namespace bulkhead::vuln
