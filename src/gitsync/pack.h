// SPDX-License-Identifier: Apache-2.0
// A pack (gitformat-pack(5)) is measured before anything else reads it: a few kilobytes of it can
// ask for terabytes. Internal to this room.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "gitsync/deadline.h"
#include "gitsync/gitsync.h"

namespace bulkhead::gitsync {

// Walks all entries in constant memory and compares their number, their sizes and the sizes that
// their deltas promise with the limits. kLimit says which; kInvalid for what is no pack. Digests
// and the deltas themselves are left to the indexer, which then stays within the measured sizes.
base::Status check_pack(base::ByteView pack, const Limits& limits, const Deadline& deadline);

}  // namespace bulkhead::gitsync
