// SPDX-License-Identifier: Apache-2.0
// Streams that inflate: gzip (RFC 1952, any number of members, by ISA-L), zstd (RFC 8878, any
// number of frames, skippable ones included, so also zstd:chunked), or neither.
#pragma once

#include <memory>
#include <string_view>

#include "base/io.h"
#include "base/limits.h"
#include "base/result.h"

namespace bulkhead::archive {

enum class Compression { kNone, kGzip, kZstd, kBzip2, kXz };
std::string_view compression_name(Compression compression);

// By magic number; needs at most 6 bytes.
Compression detect_compression(base::ByteView head);

// All sources: bounded by limits.max_bytes of output (kLimit) and limits.max_ratio; truncated or
// malformed input is kCorrupt, trailing garbage after a gzip member is kCorrupt unless it is zero
// padding. `compressed` must outlive the result. CRC32 and size trailers are verified.
base::Result<std::unique_ptr<base::Source>> gzip_source(base::Source& compressed,
                                                        const base::Limits& limits);
base::Result<std::unique_ptr<base::Source>> zstd_source(base::Source& compressed,
                                                        const base::Limits& limits);
// Peeks at the head and chooses; kUnsupported names bzip2 and xz.
base::Result<std::unique_ptr<base::Source>> inflate_source(base::Source& compressed,
                                                           const base::Limits& limits);

// Whole buffers, for small things (changelogs, feeds).
base::Result<base::Bytes> gunzip(base::ByteView compressed, uint64_t max_bytes);

}  // namespace bulkhead::archive
