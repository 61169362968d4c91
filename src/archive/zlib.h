// SPDX-License-Identifier: Apache-2.0
// zlib streams (RFC 1950): deflate with an Adler-32, as programs carry them in their sections.
#pragma once

#include "base/bytes.h"
#include "base/result.h"

namespace bulkhead::archive {

// The whole stream; what follows it is ignored. kLimit above max_bytes, kCorrupt when truncated,
// malformed or of another checksum.
base::Result<base::Bytes> inflate_zlib(base::ByteView compressed, uint64_t max_bytes);

}  // namespace bulkhead::archive
