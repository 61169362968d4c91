// SPDX-License-Identifier: Apache-2.0
// One producer, one consumer, a ring of buffers.
#include "scan/read_ahead.h"

#include <algorithm>

namespace bulkhead::scan {

ReadAhead::ReadAhead(base::Source& inner, size_t buffers, size_t buffer_bytes)
    : inner_(inner), ring_(buffers) {
  for (Buffer& buffer : ring_) buffer.bytes.resize(buffer_bytes);
  thread_ = std::thread([this] { run(); });
}

ReadAhead::~ReadAhead() {
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void ReadAhead::run() {
  while (true) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return stop_ || produced_ - consumed_ < ring_.size(); });
      if (stop_) return;
    }
    Buffer& buffer = ring_[produced_ % ring_.size()];  // only this thread advances produced_
    auto got = base::read_full(inner_, buffer.bytes);
    std::lock_guard lock(mutex_);
    if (got) buffer.size = *got;
    if (!got) error_ = std::move(got).error();
    done_ = error_.has_value() || buffer.size == 0;
    if (!done_) ++produced_;
    changed_.notify_all();
    if (done_) return;
  }
}

base::Result<size_t> ReadAhead::read(std::span<std::byte> out) {
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return produced_ > consumed_ || done_; });
    if (produced_ == consumed_) {
      if (error_) return base::Error(*error_);
      return size_t{0};
    }
  }
  // The producer does not touch this buffer before consumed_ advances.
  const Buffer& buffer = ring_[consumed_ % ring_.size()];
  size_t count = std::min(out.size(), buffer.size - offset_);
  std::copy_n(buffer.bytes.begin() + static_cast<ptrdiff_t>(offset_), count, out.begin());
  offset_ += count;
  if (offset_ == buffer.size) {
    offset_ = 0;
    std::lock_guard lock(mutex_);
    ++consumed_;
    changed_.notify_all();
  }
  return count;
}

base::Result<size_t> HashingSource::read(std::span<std::byte> out) {
  size_t got = TRY(inner_.read(out));
  hasher_.update(base::ByteView(out.data(), got));
  bytes_ += got;
  return got;
}

}  // namespace bulkhead::scan
