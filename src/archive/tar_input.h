// SPDX-License-Identifier: Apache-2.0
// The bytes of a tar archive through one buffer: looked at and handed out where they lie. Internal
// to tar.cc.
#pragma once

#include <memory>

#include "base/io.h"
#include "base/result.h"

namespace bulkhead::archive {

class TarInput {
 public:
  static constexpr size_t kBufferBytes = 256 << 10;

  explicit TarInput(base::Source& source)
      : source_(source), buffer_(std::make_unique_for_overwrite<std::byte[]>(kBufferBytes)) {}

  // Place in the archive of the next byte to be taken.
  uint64_t offset() const { return offset_; }
  // What is buffered; valid until the next call that is not const.
  base::ByteView ready() const { return {buffer_.get() + begin_, end_ - begin_}; }

  // Has at least `count` (up to kBufferBytes) bytes ready, unless the source ends before.
  base::Status gather(size_t count);
  // The next bytes, at most `count` and no more than are ready; valid until the next gather.
  base::ByteView take(uint64_t count);
  // Skips up to `count` bytes; returns how many, fewer only at the end of the source.
  base::Result<uint64_t> skip(uint64_t count);
  // Reads on to the end of the source, so that whoever hashes it sees every byte.
  base::Status drain();
  // When nothing is buffered: from the source straight into `out`; 0 at its end.
  base::Result<size_t> read_through(std::span<std::byte> out);

 private:
  base::Source& source_;
  std::unique_ptr<std::byte[]> buffer_;
  size_t begin_ = 0, end_ = 0;
  uint64_t offset_ = 0;
  bool ended_ = false;
};

}  // namespace bulkhead::archive
