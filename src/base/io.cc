// SPDX-License-Identifier: Apache-2.0
// Streams over memory, and reading them whole.
#include "base/io.h"

#include <algorithm>
#include <array>

namespace bulkhead::base {

Result<uint64_t> Source::skip(uint64_t count) {
  std::array<std::byte, 16384> scratch;
  uint64_t skipped = 0;
  while (skipped < count) {
    size_t want = static_cast<size_t>(std::min<uint64_t>(scratch.size(), count - skipped));
    size_t got = TRY(read(std::span(scratch).first(want)));
    if (got == 0) break;
    skipped += got;
  }
  return skipped;
}

Result<size_t> MemorySource::read(std::span<std::byte> out) {
  size_t count = std::min(out.size(), bytes_.size());
  std::copy_n(bytes_.begin(), count, out.begin());
  bytes_ = bytes_.subspan(count);
  return count;
}

Result<uint64_t> MemorySource::skip(uint64_t count) {
  size_t skipped = static_cast<size_t>(std::min<uint64_t>(count, bytes_.size()));
  bytes_ = bytes_.subspan(skipped);
  return static_cast<uint64_t>(skipped);
}

Result<size_t> read_full(Source& source, std::span<std::byte> out) {
  size_t filled = 0;
  while (filled < out.size()) {
    size_t got = TRY(source.read(out.subspan(filled)));
    if (got == 0) break;
    filled += got;
  }
  return filled;
}

Result<Bytes> read_all(Source& source, uint64_t max_bytes) {
  Bytes out;
  size_t filled = 0;
  while (true) {
    size_t grow = std::max<size_t>(16384, out.size());
    if (filled == out.size()) out.resize(std::min<uint64_t>(out.size() + grow, max_bytes + 1));
    size_t got = TRY(source.read(std::span(out).subspan(filled)));
    if (got == 0) break;
    filled += got;
    if (filled > max_bytes) {
      return Error(Code::kLimit, "more than " + std::to_string(max_bytes) + " bytes");
    }
  }
  out.resize(filled);
  return out;
}

}  // namespace bulkhead::base
