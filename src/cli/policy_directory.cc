// SPDX-License-Identifier: Apache-2.0
// Reads a policy's directory into memory, without following links.
#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <memory>

#include "base/text.h"
#include "cli/policy_source.h"

namespace bulkhead::cli {
namespace {

constexpr size_t kMaxFiles = 10'000;
constexpr uint64_t kMaxPolicyFileBytes = 16 << 20;
constexpr uint64_t kMaxPolicyBytes = 256ull << 20;
constexpr size_t kMaxDepth = 32;

bool is_policy_file(std::string_view name) {
  if (name == ".manifest" || name == ".signatures.json") return true;
  if (name.starts_with(".")) return false;
  return name.ends_with(".rego") || name.ends_with(".yaml") || name.ends_with(".yml") ||
         name.ends_with(".json");
}

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};

class Reader {
 public:
  Reader(std::string root, PolicyFiles which)
      : root_(std::move(root)), everything_(which == PolicyFiles::kEverything) {}

  base::Result<decide::Files> read() {
    base::Fd directory = TRY(base::open_directory(root_));
    signed_ = ::faccessat(directory.get(), ".signatures.json", F_OK, AT_SYMLINK_NOFOLLOW) == 0;
    TRY(read_directory(std::move(directory), "", 0));
    return std::move(files_);
  }

 private:
  base::Status read_directory(base::Fd fd, const std::string& prefix, size_t depth) {
    if (depth > kMaxDepth) {
      return base::Error(base::Code::kLimit, root_ + "/" + prefix + ": nested too deeply");
    }
    std::unique_ptr<DIR, CloseDirectory> directory(::fdopendir(fd.get()));
    if (!directory) return base::errno_error("read", root_ + "/" + prefix);
    int number = fd.release();  // the stream closes it
    errno = 0;
    while (dirent* entry = ::readdir(directory.get())) {
      std::string name = entry->d_name;
      if (name == "." || name == "..") continue;
      TRY(read_entry(number, prefix, name, depth));
      errno = 0;
    }
    return errno == 0 ? base::Status() : base::errno_error("read", root_ + "/" + prefix);
  }

  base::Status read_entry(int directory, const std::string& prefix, const std::string& name,
                          size_t depth) {
    // Opening what is not a regular file must not wait for anybody.
    base::Fd fd(::openat(directory, name.c_str(),
                         O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY));
    const bool hidden = name.starts_with(".");
    bool wanted = everything_ || is_policy_file(name) || (signed_ && !hidden);
    if (!fd.valid()) {
      if (errno == ELOOP || !wanted) return {};
      return base::errno_error("open", root_ + "/" + prefix + name);
    }
    struct stat info = TRY(base::stat_fd(fd));
    if (S_ISDIR(info.st_mode)) {
      if (hidden && !everything_) return {};
      return read_directory(std::move(fd), prefix + name + "/", depth + 1);
    }
    if (!wanted || !S_ISREG(info.st_mode)) return {};
    if (files_.size() == kMaxFiles) {
      return base::Error(base::Code::kLimit, root_ + ": more than " + std::to_string(kMaxFiles) +
                                                 " policy files; name a smaller directory");
    }
    std::string bytes = TRY_AT(root_ + "/" + prefix + name, base::read_fd(fd, kMaxPolicyFileBytes));
    total_ += bytes.size();
    if (total_ > kMaxPolicyBytes) {
      return base::Error(base::Code::kLimit, root_ + ": more than 256 MiB of policy files");
    }
    files_.emplace(prefix + name, std::move(bytes));
    return {};
  }

  std::string root_;
  bool everything_;
  decide::Files files_;
  bool signed_ = false;  // a signature speaks about every file
  uint64_t total_ = 0;
};

}  // namespace

base::Result<decide::Files> read_policy_directory(const std::string& path, PolicyFiles which) {
  return Reader(path, which).read();
}

}  // namespace bulkhead::cli
