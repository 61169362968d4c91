// SPDX-License-Identifier: Apache-2.0
// Files: owned descriptors, bounded reads, atomic writes, mappings. Never follows a path out of a
// directory that was opened as the root (openat2 RESOLVE_BENEATH where asked for).
#pragma once

#include <sys/stat.h>

#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/io.h"
#include "base/result.h"

namespace bulkhead::base {

// Owns a file descriptor.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(other.release()) {}
  Fd& operator=(Fd&& other) noexcept;
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd() { reset(); }

  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }
  int release();
  void reset();

 private:
  int fd_ = -1;
};

// Whatever stands there; opening a pipe by its name waits until somebody writes to it.
Result<Fd> open_read(const std::string& path);
// A regular file, or what a link leads to; kInvalid names anything else. Never waits.
Result<Fd> open_regular(const std::string& path);
Result<Fd> open_directory(const std::string& path);
// Opens relative to a directory; symlinks are resolved but never out of it.
Result<Fd> open_beneath(const Fd& directory, const std::string& relative_path);
Result<struct stat> stat_fd(const Fd& fd);
Result<Fd> duplicate(const Fd& fd);

// A stream over a descriptor from its current position; owns it. skip() seeks where possible.
class FdSource final : public Source {
 public:
  explicit FdSource(Fd fd) : fd_(std::move(fd)) {}
  Result<size_t> read(std::span<std::byte> out) override;
  Result<uint64_t> skip(uint64_t count) override;

 private:
  Fd fd_;
};

// At most count bytes of a descriptor from an offset (pread: the position is not shared).
class RangeSource final : public Source {
 public:
  RangeSource(Fd fd, uint64_t offset, uint64_t count)
      : fd_(std::move(fd)), offset_(offset), left_(count) {}
  Result<size_t> read(std::span<std::byte> out) override;
  Result<uint64_t> skip(uint64_t count) override;

 private:
  Fd fd_;
  uint64_t offset_;
  uint64_t left_;
};

// "a pipe", "a directory", ... for messages.
std::string_view file_kind(mode_t mode);

// The whole regular file; kLimit when it is larger than max_bytes (also while it grows).
Result<std::string> read_file(const std::string& path, uint64_t max_bytes);
Result<std::string> read_fd(const Fd& fd, uint64_t max_bytes);

Status write_all(const Fd& fd, ByteView bytes);
// Writes beside the target, flushes to disk, renames: readers see the old or the new file, never
// half.
Status write_file_atomic(const std::string& path, ByteView bytes, mode_t mode = 0644);
// An unlinked file in memory that holds the bytes, to be read from its begin.
Result<Fd> memory_file(ByteView bytes);
// mkdir -p.
Status make_directories(const std::string& path);

// A read-only mapping of a whole file.
class Mapping {
 public:
  static Result<Mapping> open(const Fd& fd);
  Mapping() = default;
  Mapping(Mapping&& other) noexcept;
  Mapping& operator=(Mapping&& other) noexcept;
  ~Mapping();
  ByteView bytes() const { return {static_cast<const std::byte*>(data_), size_}; }

 private:
  void* data_ = nullptr;
  size_t size_ = 0;
};

// errno as an Error: "open /x: no such file" with the fitting code.
Error errno_error(std::string_view action, std::string_view path);

// A variable of the environment; "" when it is not set.
std::string environment(const char* name);
// TMPDIR when it is an absolute path, else what is given.
std::string temporary_directory(std::string_view otherwise);
// $XDG_CACHE_HOME/bulkhead or ~/.cache/bulkhead; kNotFound when neither variable is set.
Result<std::string> cache_directory();

}  // namespace bulkhead::base
