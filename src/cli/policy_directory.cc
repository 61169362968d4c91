// SPDX-License-Identifier: Apache-2.0
// Reads a policy's directory into memory. Links are followed where they stay inside of it, as those
// of a mounted Kubernetes ConfigMap do; whatever would count and cannot be read is an error,
// because a policy without one of its rules looks like one that allows.
#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <utility>
#include <vector>

#include "base/text.h"
#include "cli/policy_source.h"

namespace bulkhead::cli {
namespace {

constexpr size_t kMaxFiles = 10'000;
constexpr uint64_t kMaxPolicyFileBytes = 16 << 20;
constexpr uint64_t kMaxPolicyBytes = 256ull << 20;
constexpr size_t kMaxDepth = 32;
// Directories that are reached by links: few links can name very many paths.
constexpr size_t kMaxLinkedDirectories = 1000;

// Kubernetes swaps this link when it changes a mounted ConfigMap or Secret; what it leads to is
// called ".." and a time. Keys cannot begin so.
constexpr const char* kMountLink = "..data";

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};

class Reader {
 public:
  Reader(std::string root, PolicyFiles which)
      : root_(std::move(root)), everything_(which == PolicyFiles::kEverything) {}

  base::Result<decide::Files> read() {
    base::Fd directory = TRY(base::open_directory(root_));
    top_ = TRY(base::duplicate(directory));
    signed_ = ::faccessat(top_.get(), ".signatures.json", F_OK, AT_SYMLINK_NOFOLLOW) == 0;
    struct stat info{};
    mounted_ =
        ::fstatat(top_.get(), kMountLink, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(info.st_mode);
    TRY(read_directory(std::move(directory), "", false));
    return std::move(files_);
  }

 private:
  using Identity = std::pair<dev_t, ino_t>;

  std::string shown(const std::string& path) const {
    return base::printable(root_ + "/" + path, 1000);
  }

  // linked: a link leads there, or above it.
  base::Status read_directory(base::Fd fd, const std::string& prefix, bool linked) {
    if (above_.size() > kMaxDepth) {
      return base::Error(base::Code::kLimit, shown(prefix) + ": nested too deeply");
    }
    if (linked && ++linked_directories_ > kMaxLinkedDirectories) {
      return base::Error(base::Code::kLimit, shown(prefix) + ": links lead to more than " +
                                                 std::to_string(kMaxLinkedDirectories) +
                                                 " directories");
    }
    struct stat info = TRY(base::stat_fd(fd));
    Identity self(info.st_dev, info.st_ino);
    if (std::ranges::find(above_, self) != above_.end()) {
      return base::Error(base::Code::kUnsupported,
                         shown(prefix) + " is a link to a directory that it stands in; remove it");
    }
    above_.push_back(self);
    TRY(read_entries(std::move(fd), prefix, linked));
    above_.pop_back();
    return {};
  }

  base::Status read_entries(base::Fd fd, const std::string& prefix, bool linked) {
    std::unique_ptr<DIR, CloseDirectory> directory(::fdopendir(fd.get()));
    if (!directory) return base::errno_error("read", shown(prefix));
    int number = fd.release();  // the stream closes it
    errno = 0;
    while (dirent* entry = ::readdir(directory.get())) {
      std::string name = entry->d_name;
      if (name == "." || name == "..") continue;
      TRY(read_entry(number, prefix, name, linked));
      errno = 0;
    }
    return errno == 0 ? base::Status() : base::errno_error("read", shown(prefix));
  }

  // What Kubernetes keeps beside the links to it: the same files once more.
  bool is_behind_mount(const std::string& prefix, const std::string& name) const {
    return mounted_ && prefix.empty() && name.starts_with("..");
  }

  base::Status read_entry(int directory, const std::string& prefix, const std::string& name,
                          bool linked) {
    if (is_behind_mount(prefix, name)) return {};
    const bool hidden = name.starts_with(".");
    bool wanted = everything_ || counts_as_policy(name) || (signed_ && !hidden);
    // Opening what is not a regular file must not wait for anybody.
    base::Fd fd(::openat(directory, name.c_str(),
                         O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY));
    if (!fd.valid() && errno == ELOOP) {
      if (!wanted && hidden) return {};
      fd = TRY(follow(directory, prefix, name, wanted));
      if (!fd.valid()) return {};
      linked = true;
    }
    if (!fd.valid()) {
      if (!wanted) return {};
      return base::errno_error("open", shown(prefix + name));
    }
    struct stat info = TRY(base::stat_fd(fd));
    if (S_ISDIR(info.st_mode)) {
      if (hidden && !everything_) return {};
      return read_directory(std::move(fd), prefix + name + "/", linked);
    }
    if (!wanted) return {};
    if (!S_ISREG(info.st_mode)) {
      return base::Error(base::Code::kUnsupported,
                         shown(prefix + name) + " is no regular file; put the file itself there");
    }
    return take(fd, prefix + name);
  }

  // What a link leads to; an invalid descriptor when nothing there can count.
  base::Result<base::Fd> follow(int directory, const std::string& prefix, const std::string& name,
                                bool wanted) const {
    auto fd = base::open_beneath(top_, prefix + name);
    if (fd) return fd;
    struct stat info{};
    bool leads = ::fstatat(directory, name.c_str(), &info, 0) == 0;
    if (!wanted && !(leads && S_ISDIR(info.st_mode))) return base::Fd();
    bool readable = ::faccessat(directory, name.c_str(), R_OK, 0) == 0;
    std::string_view why = !leads      ? "leads nowhere"
                           : !readable ? "leads to what may not be read"
                                       : "leads out of the policy's directory";
    return base::Error(base::Code::kUnsupported,
                       shown(prefix + name) + " is a symbolic link that " + std::string(why) +
                           "; put what it names itself there, or a relative "
                           "link that stays inside");
  }

  base::Status take(const base::Fd& fd, std::string path) {
    TRY(check_policy_name(path).context(base::printable(root_, 1000)));
    if (files_.size() == kMaxFiles) {
      return base::Error(base::Code::kLimit, root_ + ": more than " + std::to_string(kMaxFiles) +
                                                 " policy files; name a smaller directory");
    }
    std::string bytes = TRY_AT(shown(path), base::read_fd(fd, kMaxPolicyFileBytes));
    total_ += bytes.size();
    if (total_ > kMaxPolicyBytes) {
      return base::Error(base::Code::kLimit, root_ + ": more than 256 MiB of policy files");
    }
    files_.emplace(std::move(path), std::move(bytes));
    return {};
  }

  std::string root_;
  bool everything_;
  base::Fd top_;  // links are followed beneath it
  decide::Files files_;
  bool signed_ = false;   // a signature speaks about every file
  bool mounted_ = false;  // a ConfigMap or Secret of Kubernetes
  std::vector<Identity> above_;
  size_t linked_directories_ = 0;
  uint64_t total_ = 0;
};

// The ending of a policy file in lower case; "" for other names.
std::string policy_ending(std::string_view name) {
  constexpr std::array<std::string_view, 4> kEndings = {".rego", ".yaml", ".yml", ".json"};
  std::string folded = base::lower(name);
  for (std::string_view ending : kEndings) {
    if (folded.ends_with(ending)) return std::string(ending);
  }
  return {};
}

}  // namespace

bool counts_as_policy(std::string_view name) {
  if (name == ".manifest" || name == ".signatures.json") return true;
  return !name.starts_with(".") && !policy_ending(name).empty();
}

base::Status check_policy_name(std::string_view path) {
  if (path.starts_with('.') || path.find("/.") != path.npos) return {};
  std::string ending = policy_ending(path);
  if (path.ends_with(ending)) return {};
  return base::Error(base::Code::kUnsupported, base::printable(path, 400) +
                                                   ": only names that end in " + ending +
                                                   " in lower case are read; rename it");
}

base::Result<decide::Files> read_policy_directory(const std::string& path, PolicyFiles which) {
  return Reader(path, which).read();
}

}  // namespace bulkhead::cli
