// SPDX-License-Identifier: Apache-2.0
// zlib streams (RFC 1950): deflate with an Adler-32, as programs carry them in their sections.
#pragma once

#include "base/bytes.h"
#include "base/result.h"

namespace bulkhead::archive {

// The whole stream; what follows it is ignored. kLimit above max_bytes, kCorrupt when truncated,
// malformed or of another checksum.
base::Result<base::Bytes> inflate_zlib(base::ByteView compressed, uint64_t max_bytes);

// How far a stream reaches, without keeping what is in it.
struct ZlibExtent {
  uint64_t packed_bytes = 0;
  uint64_t inflated_bytes = 0;
  base::Bytes head;  // the first bytes of the content
};
// Like inflate_zlib in constant memory. Input of more than 4 GiB is only looked at up to there.
base::Result<ZlibExtent> measure_zlib(base::ByteView compressed, uint64_t max_bytes,
                                      size_t head_bytes);

}  // namespace bulkhead::archive
