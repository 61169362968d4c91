// SPDX-License-Identifier: Apache-2.0
// ReadAhead: runs a Source in a thread of its own, a few buffers ahead of its reader, so that
// hashing, inflating and cataloguing overlap. HashingSource: a digest over what passes through.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/io.h"
#include "crypto/digest.h"

namespace bulkhead::scan {

class ReadAhead final : public base::Source {
 public:
  // `inner` is used only by the new thread until this is destroyed, and must outlive it.
  explicit ReadAhead(base::Source& inner, size_t buffers = 4, size_t buffer_bytes = 512 * 1024);
  ~ReadAhead() override;
  base::Result<size_t> read(std::span<std::byte> out) override;

 private:
  struct Buffer {
    base::Bytes bytes;
    size_t size = 0;
  };
  void run();

  base::Source& inner_;
  std::vector<Buffer> ring_;
  std::mutex mutex_;
  std::condition_variable changed_;
  size_t produced_ = 0;  // buffers handed over so far
  size_t consumed_ = 0;  // buffers read to their end so far
  size_t offset_ = 0;    // inside the buffer being read
  bool done_ = false;    // the producer has stopped
  bool stop_ = false;    // the consumer wants it to stop
  std::optional<base::Error> error_;
  std::thread thread_;
};

class HashingSource final : public base::Source {
 public:
  HashingSource(base::Source& inner, crypto::Algorithm algorithm)
      : inner_(inner), hasher_(algorithm) {}
  base::Result<size_t> read(std::span<std::byte> out) override;
  uint64_t bytes() const { return bytes_; }
  // Only after the end was reached.
  std::string hex() { return hasher_.finish_hex(); }

 private:
  base::Source& inner_;
  crypto::Hasher hasher_;
  uint64_t bytes_ = 0;
};

}  // namespace bulkhead::scan
