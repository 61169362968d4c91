// SPDX-License-Identifier: Apache-2.0
// open(2), O_TMPFILE: linkat() gives such a file its first name but replaces none. A target that
// exists is therefore replaced in two steps, and no signal may come between them.
#include "base/new_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace bulkhead::base {
namespace {

std::string directory_of(const std::string& path) {
  size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

// The way to a file that has no name.
std::string descriptor_path(const Fd& fd) { return "/proc/self/fd/" + std::to_string(fd.get()); }

Fd unnamed_file(const std::string& directory) {
  Fd fd(::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  // Without /proc it could not be given a name later.
  if (fd.valid() && ::access(descriptor_path(fd).c_str(), F_OK) != 0) fd.reset();
  return fd;
}

// Holds off every signal that can be held off.
class SignalsHeld {
 public:
  SignalsHeld() {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  SignalsHeld(const SignalsHeld&) = delete;
  SignalsHeld& operator=(const SignalsHeld&) = delete;
  ~SignalsHeld() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
};

}  // namespace

Result<NewFile> NewFile::create(std::string prefix, std::string_view shown) {
  NewFile out;
  out.fd_ = unnamed_file(directory_of(prefix));
  out.prefix_ = std::move(prefix);
  if (out.fd_.valid()) return out;
  std::string name = out.prefix_ + "XXXXXX";
  out.fd_ = Fd(::mkostemp(name.data(), O_CLOEXEC));
  if (!out.fd_.valid()) return errno_error("create", shown);
  out.temporary_ = name;
  return out;
}

NewFile::~NewFile() {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void NewFile::swap(NewFile& other) noexcept {
  std::swap(fd_, other.fd_);
  prefix_.swap(other.prefix_);
  temporary_.swap(other.temporary_);
}

// A name beside the target, for a moment. errno says why not.
bool NewFile::link_temporary() {
  constexpr int kTries = 1000;
  std::string from = descriptor_path(fd_);
  for (int i = 0; i < kTries; ++i) {
    std::string name = prefix_ + std::to_string(::getpid()) + "-" + std::to_string(i);
    if (::linkat(AT_FDCWD, from.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) == 0) {
      temporary_ = name;
      return true;
    }
    if (errno != EEXIST) return false;
  }
  return false;
}

Status NewFile::commit(const std::string& target) {
  SignalsHeld held;
  if (temporary_.empty()) {
    std::string from = descriptor_path(fd_);
    if (::linkat(AT_FDCWD, from.c_str(), AT_FDCWD, target.c_str(), AT_SYMLINK_FOLLOW) == 0) {
      return {};
    }
    if (errno != EEXIST || !link_temporary()) return errno_error("create", target);
  }
  if (::rename(temporary_.c_str(), target.c_str()) != 0) return errno_error("rename to", target);
  temporary_.clear();
  return {};
}

}  // namespace bulkhead::base
