// SPDX-License-Identifier: Apache-2.0
// XXH64 with seed 0 (xxHash specification 0.1.1): finds accidental damage of a block at memory
// speed. Not a defence: that is the SHA-256 of the whole file.
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace bulkhead::vuln {

uint64_t xxh64(base::ByteView bytes);

}  // namespace bulkhead::vuln
