// SPDX-License-Identifier: Apache-2.0
// The buffer moves what is left of it to its front before it is refilled; since headers are 512
// bytes and contents are taken as far as they are there, that is little.
#include "archive/tar_input.h"

#include <algorithm>

namespace bulkhead::archive {

using base::ByteView;
using base::Result;
using base::Status;

Status TarInput::gather(size_t count) {
  while (end_ - begin_ < count && !ended_) {
    if (begin_ != 0) {
      std::copy(buffer_.get() + begin_, buffer_.get() + end_, buffer_.get());
      end_ -= begin_;
      begin_ = 0;
    }
    size_t got = TRY(source_.read(std::span(buffer_.get() + end_, kBufferBytes - end_)));
    ended_ = got == 0;
    end_ += got;
  }
  return {};
}

ByteView TarInput::take(uint64_t count) {
  size_t size = static_cast<size_t>(std::min<uint64_t>(count, end_ - begin_));
  ByteView out(buffer_.get() + begin_, size);
  begin_ += size;
  offset_ += size;
  return out;
}

Result<uint64_t> TarInput::skip(uint64_t count) {
  uint64_t skipped = take(count).size();
  // Short ways go through the buffer, long ones are left to the source, which may jump.
  while (skipped < count && count - skipped <= kBufferBytes && !ended_) {
    TRY(gather(1));
    skipped += take(count - skipped).size();
  }
  if (skipped < count && !ended_) {
    uint64_t jumped = TRY(source_.skip(count - skipped));
    offset_ += jumped;
    skipped += jumped;
    ended_ = skipped < count;
  }
  return skipped;
}

Status TarInput::drain() {
  while (!ended_) {
    take(end_ - begin_);
    TRY(gather(1));
  }
  return {};
}

Result<size_t> TarInput::read_through(std::span<std::byte> out) {
  size_t got = ended_ ? 0 : TRY(source_.read(out));
  ended_ = got == 0;
  offset_ += got;
  return got;
}

}  // namespace bulkhead::archive
