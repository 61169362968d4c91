// SPDX-License-Identifier: Apache-2.0
// The operating system's files behind Result. openat2(2) keeps paths inside a root.
#include "base/fs.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace bulkhead::base {

Fd& Fd::operator=(Fd&& other) noexcept {
  if (this != &other) {
    reset();
    fd_ = other.release();
  }
  return *this;
}

int Fd::release() { return std::exchange(fd_, -1); }

void Fd::reset() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

Error errno_error(std::string_view action, std::string_view path) {
  int error = errno;
  Code code = Code::kIo;
  if (error == ENOENT || error == ENOTDIR) code = Code::kNotFound;
  if (error == EACCES || error == EPERM || error == EXDEV) code = Code::kDenied;
  std::string message(action);
  if (!path.empty()) message.append(" ").append(path);
  return Error(code, message + ": " + std::strerror(error));  // NOLINT: single-threaded use
}

Result<Fd> open_read(const std::string& path) {
  int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (fd < 0) return errno_error("open", path);
  return Fd(fd);
}

std::string_view file_kind(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFREG: return "a regular file";
    case S_IFDIR: return "a directory";
    case S_IFIFO: return "a pipe";
    case S_IFSOCK: return "a socket";
    case S_IFLNK: return "a symbolic link";
    default: return "a device";
  }
}

Result<Fd> open_regular(const std::string& path) {
  Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (!fd.valid()) return errno_error("open", path);
  struct stat info = TRY(stat_fd(fd));
  if (S_ISREG(info.st_mode)) return fd;
  return Error(Code::kInvalid,
               path + ": is " + std::string(file_kind(info.st_mode)) + ", not a regular file");
}

Result<Fd> open_directory(const std::string& path) {
  int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_DIRECTORY);
  if (fd < 0) return errno_error("open directory", path);
  return Fd(fd);
}

Result<Fd> open_beneath(const Fd& directory, const std::string& relative_path) {
  open_how how{};
  how.flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  long fd = ::syscall(SYS_openat2, directory.get(), relative_path.c_str(), &how, sizeof(how));
  if (fd < 0) return errno_error("open", relative_path);
  return Fd(static_cast<int>(fd));
}

Result<struct stat> stat_fd(const Fd& fd) {
  struct stat info{};
  if (::fstat(fd.get(), &info) != 0) return errno_error("stat", "");
  return info;
}

Result<Fd> duplicate(const Fd& fd) {
  int copy = ::fcntl(fd.get(), F_DUPFD_CLOEXEC, 3);
  if (copy < 0) return errno_error("duplicate descriptor", "");
  return Fd(copy);
}

Result<size_t> FdSource::read(std::span<std::byte> out) {
  while (true) {
    ssize_t got = ::read(fd_.get(), out.data(), out.size());
    if (got >= 0) return static_cast<size_t>(got);
    if (errno != EINTR) return errno_error("read", "");
  }
}

Result<uint64_t> FdSource::skip(uint64_t count) {
  off_t here = ::lseek(fd_.get(), 0, SEEK_CUR);
  struct stat info{};
  if (here < 0 || ::fstat(fd_.get(), &info) != 0 || !S_ISREG(info.st_mode)) {
    return Source::skip(count);
  }
  uint64_t left = info.st_size > here ? static_cast<uint64_t>(info.st_size - here) : 0;
  uint64_t jump = std::min(count, left);
  if (::lseek(fd_.get(), static_cast<off_t>(jump), SEEK_CUR) < 0) return errno_error("seek", "");
  return jump;
}

Result<size_t> RangeSource::read(std::span<std::byte> out) {
  size_t want = static_cast<size_t>(std::min<uint64_t>(out.size(), left_));
  if (want == 0) return size_t{0};
  while (true) {
    ssize_t got = ::pread(fd_.get(), out.data(), want, static_cast<off_t>(offset_));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno_error("read", "");
    offset_ += static_cast<uint64_t>(got);
    left_ -= static_cast<uint64_t>(got);
    return static_cast<size_t>(got);
  }
}

Result<uint64_t> RangeSource::skip(uint64_t count) {
  uint64_t jump = std::min(count, left_);
  offset_ += jump;
  left_ -= jump;
  return jump;
}

Result<std::string> read_fd(const Fd& fd, uint64_t max_bytes) {
  std::string out;
  struct stat info{};
  if (::fstat(fd.get(), &info) == 0 && S_ISREG(info.st_mode)) {
    if (static_cast<uint64_t>(info.st_size) > max_bytes) {
      return Error(Code::kLimit, "file is larger than " + std::to_string(max_bytes) + " bytes");
    }
    out.reserve(static_cast<size_t>(info.st_size) + 1);
  }
  char chunk[16384];
  while (true) {
    ssize_t got = ::read(fd.get(), chunk, sizeof(chunk));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno_error("read", "");
    if (got == 0) return out;
    out.append(chunk, static_cast<size_t>(got));
    if (out.size() > max_bytes) {
      return Error(Code::kLimit, "file is larger than " + std::to_string(max_bytes) + " bytes");
    }
  }
}

Result<std::string> read_file(const std::string& path, uint64_t max_bytes) {
  Fd fd = TRY(open_regular(path));
  return read_fd(fd, max_bytes).context(path);
}

Status write_all(const Fd& fd, ByteView bytes) {
  while (!bytes.empty()) {
    ssize_t put = ::write(fd.get(), bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return errno_error("write", "");
    bytes = bytes.subspan(static_cast<size_t>(put));
  }
  return {};
}

Status write_file_atomic(const std::string& path, ByteView bytes, mode_t mode) {
  std::string temporary = path + ".new-XXXXXX";
  Fd fd(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!fd.valid()) return errno_error("create", temporary);
  auto fail = [&](Error error) {
    ::unlink(temporary.c_str());
    return error;
  };
  if (Status written = write_all(fd, bytes); !written) {
    return fail(std::move(written).error().context(path));
  }
  if (::fchmod(fd.get(), mode) != 0 || ::fsync(fd.get()) != 0) {
    return fail(errno_error("flush", path));
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0) return fail(errno_error("rename to", path));
  return {};
}

Result<Fd> memory_file(ByteView bytes) {
  Fd fd(::memfd_create("bulkhead", MFD_CLOEXEC));
  if (!fd.valid()) return errno_error("create", "a file in memory");
  TRY(write_all(fd, bytes));
  if (::lseek(fd.get(), 0, SEEK_SET) != 0) return errno_error("seek", "a file in memory");
  return fd;
}

Status make_directories(const std::string& path) {
  for (size_t at = 1; at <= path.size(); ++at) {
    if (at != path.size() && path[at] != '/') continue;
    std::string prefix = path.substr(0, at);
    if (::mkdir(prefix.c_str(), 0755) != 0 && errno != EEXIST) {
      return errno_error("create directory", prefix);
    }
  }
  return {};
}

Result<Mapping> Mapping::open(const Fd& fd) {
  struct stat info = TRY(stat_fd(fd));
  if (!S_ISREG(info.st_mode)) return Error(Code::kInvalid, "not a regular file");
  Mapping mapping;
  if (info.st_size == 0) return mapping;
  auto size = static_cast<size_t>(info.st_size);
  void* data = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, fd.get(), 0);
  if (data == MAP_FAILED) return errno_error("map", "");
  mapping.data_ = data;
  mapping.size_ = size;
  return mapping;
}

Mapping::Mapping(Mapping&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

Mapping& Mapping::operator=(Mapping&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

Mapping::~Mapping() {
  if (data_ != nullptr) ::munmap(data_, size_);
}

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

std::string temporary_directory(std::string_view otherwise) {
  std::string named = environment("TMPDIR");
  return named.starts_with('/') ? named : std::string(otherwise);
}

Result<std::string> cache_directory() {
  if (const char* cache = std::getenv("XDG_CACHE_HOME"); cache != nullptr && *cache == '/') {
    return std::string(cache) + "/bulkhead";
  }
  if (const char* home = std::getenv("HOME"); home != nullptr && *home == '/') {
    return std::string(home) + "/.cache/bulkhead";
  }
  return Error(Code::kNotFound, "no cache directory: set HOME or XDG_CACHE_HOME");
}

}  // namespace bulkhead::base
