// SPDX-License-Identifier: Apache-2.0
// Source and Sink: streams of bytes, pulled and pushed.
#pragma once

#include <cstdint>
#include <span>

#include "base/bytes.h"
#include "base/result.h"

namespace bulkhead::base {

class Source {
 public:
  virtual ~Source() = default;
  // Fills up to out.size() bytes and returns how many; 0 only at the end (out is never empty).
  virtual Result<size_t> read(std::span<std::byte> out) = 0;
  // Skips up to count bytes without handing them out; returns how many were skipped, fewer only at
  // the end. The default reads and drops; sources that can jump override it.
  virtual Result<uint64_t> skip(uint64_t count);
};

// Bytes already in memory. The view must outlive the source.
class MemorySource final : public Source {
 public:
  explicit MemorySource(ByteView bytes) : bytes_(bytes) {}
  Result<size_t> read(std::span<std::byte> out) override;
  Result<uint64_t> skip(uint64_t count) override;

 private:
  ByteView bytes_;
};

// Reads until out is full or the end; returns how many bytes were read.
Result<size_t> read_full(Source& source, std::span<std::byte> out);
// Reads to the end; kLimit when there are more than max_bytes.
Result<Bytes> read_all(Source& source, uint64_t max_bytes);

}  // namespace bulkhead::base
