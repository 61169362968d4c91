// SPDX-License-Identifier: Apache-2.0
// An iterative walk with one open directory a level, entries sorted by name, so that the same tree
// gives the same order everywhere.
#include "scan/directory.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <memory>

#include "base/text.h"
#include "scan/links/plan.h"

namespace bulkhead::scan {
namespace {

constexpr size_t kMaxDepth = 256;
constexpr uint64_t kMaxEntries = 50'000'000;
constexpr size_t kMaxNamesPerDirectory = 5'000'000;

// File systems that hold no files: what they show is the kernel's own state.
constexpr std::array<long, 13> kKernelFileSystems = {
    PROC_SUPER_MAGIC,   SYSFS_MAGIC,           CGROUP_SUPER_MAGIC,      CGROUP2_SUPER_MAGIC,
    DEVPTS_SUPER_MAGIC, DEBUGFS_MAGIC,         TRACEFS_MAGIC,           SECURITYFS_MAGIC,
    BPF_FS_MAGIC,       0x6e736673 /* nsfs */, 0x19800202 /* mqueue */, EFIVARFS_MAGIC,
    0x62656570 /* configfs */};

bool is_kernel_file_system(const base::Fd& directory) {
  struct statfs info{};
  if (::fstatfs(directory.get(), &info) != 0) return false;
  return std::find(kKernelFileSystems.begin(), kKernelFileSystems.end(),
                   static_cast<long>(info.f_type)) != kKernelFileSystems.end();
}

struct CloseDirectory {
  void operator()(DIR* stream) const { ::closedir(stream); }
};

// All of them or an error: with some names missing, sorting would not make the walk the same
// everywhere, and nobody would know what was left out.
base::Result<std::vector<std::string>> names_in(const base::Fd& directory) {
  base::Fd copy = TRY(base::duplicate(directory));
  std::unique_ptr<DIR, CloseDirectory> stream(::fdopendir(copy.get()));
  if (stream == nullptr) return base::errno_error("list", "");
  copy.release();
  std::vector<std::string> names;
  while (true) {
    errno = 0;
    const dirent* entry = ::readdir(stream.get());
    if (entry == nullptr) break;
    std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    if (names.size() == kMaxNamesPerDirectory) {
      return base::Error(base::Code::kLimit, "directory of more than " +
                                                 std::to_string(kMaxNamesPerDirectory) + " names");
    }
    names.emplace_back(name);
  }
  if (errno != 0) return base::errno_error("list", "");
  std::sort(names.begin(), names.end());
  return names;
}

std::string link_target(const base::Fd& directory, const std::string& name) {
  std::array<char, PATH_MAX> target;
  ssize_t size = ::readlinkat(directory.get(), name.c_str(), target.data(), target.size());
  return {target.data(), static_cast<size_t>(std::max<ssize_t>(size, 0))};
}

class DirectoryWalk {
 public:
  DirectoryWalk(const DirectoryJob& job, FactCollector& facts) : job_(job), facts_(facts) {}

  // The directory stands at this path of the tree.
  base::Status run(const base::Fd& directory, const std::string& at = "") {
    TRY(enter(TRY(base::duplicate(directory)), at));
    while (!stack_.empty()) {
      Level& level = stack_.back();
      if (level.next == level.names.size()) {
        stack_.pop_back();
        continue;
      }
      std::string name = std::move(level.names[level.next++]);
      std::string path = level.path.empty() ? name : level.path + "/" + name;
      if (++entries_ > kMaxEntries) {
        facts_.diagnostics().incomplete("too-many-files", path, "directory tree is too large");
        return {};
      }
      if (job_.progress && entries_ % 4096 == 0) job_.progress(entries_);
      visit(level.directory, name, path);
      if (!facts_.any_stale()) continue;
      // Their log stands beside them, so it was the log that was visited and `level` still holds.
      for (const std::string& main : facts_.take_stale()) {
        visit(level.directory, std::string(base::basename(main)), main);
      }
    }
    return {};
  }

 private:
  struct Level {
    base::Fd directory;
    std::string path;
    std::vector<std::string> names;
    size_t next = 0;
  };

  base::Status enter(base::Fd directory, std::string path) {
    auto names = TRY(names_in(directory));
    stack_.push_back({std::move(directory), std::move(path), std::move(names)});
    return {};
  }

  void visit(const base::Fd& directory, const std::string& name, const std::string& path) {
    struct stat info{};
    if (::fstatat(directory.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
      skipped(path, base::errno_error("stat", ""));
    } else if (S_ISDIR(info.st_mode)) {
      facts_.directory(path);
      descend(directory, name, path);
    } else if (S_ISREG(info.st_mode)) {
      FileAt content(directory, name);
      auto size = static_cast<uint64_t>(info.st_size);
      auto read = facts_.file({path, base::basename(path), size, info.st_mode & 07777u}, content);
      if (!read) skipped(path, read.error());
      offer(directory, name, path);
      if (job_.passed) job_.passed(path);
    } else if (S_ISLNK(info.st_mode)) {
      facts_.symlink(path, link_target(directory, name));
    } else {
      facts_.other(path);
    }
  }

  void descend(const base::Fd& directory, const std::string& name, const std::string& path) {
    for (const std::string& glob : job_.skip) {
      if (base::glob_match(glob, path)) return;
    }
    if (stack_.size() >= kMaxDepth) {
      facts_.diagnostics().incomplete("too-deep", path, "directories nested too deeply");
      return;
    }
    base::Fd child(
        ::openat(directory.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!child.valid()) {
      skipped(path, base::errno_error("open directory", ""));
    } else if (!is_kernel_file_system(child)) {
      auto entered = enter(std::move(child), path);
      if (!entered) {
        facts_.diagnostics().incomplete("not-readable", path, entered.error().message());
      }
    }
  }

  void offer(const base::Fd& directory, const std::string& name, const std::string& path) {
    if (job_.reader == nullptr || !job_.reader->wants(path)) return;
    base::Fd file(::openat(directory.get(), name.c_str(),
                           O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
    if (!file.valid()) return skipped(path, base::errno_error("open", ""));
    auto text = base::read_fd(file, job_.reader->max_bytes);
    if (!text) return skipped(path, text.error());
    job_.reader->read(path, *text);
  }

  void skipped(const std::string& path, const base::Error& error) {
    facts_.diagnostics().skipped("not-readable", path, error.message());
  }

  // Opens the file only when somebody reads from it.
  class FileAt final : public base::Source {
   public:
    FileAt(const base::Fd& directory, const std::string& name)
        : directory_(directory), name_(name) {}
    base::Result<size_t> read(std::span<std::byte> out) override {
      if (!file_.valid()) {
        file_ = base::Fd(::openat(directory_.get(), name_.c_str(),
                                  O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
        if (!file_.valid()) return base::errno_error("open", "");
      }
      ssize_t got = ::read(file_.get(), out.data(), out.size());
      if (got < 0) return base::errno_error("read", "");
      return static_cast<size_t>(got);
    }

   private:
    const base::Fd& directory_;
    const std::string& name_;
    base::Fd file_;
  };

  const DirectoryJob& job_;
  FactCollector& facts_;
  std::vector<Level> stack_;
  uint64_t entries_ = 0;
};

// Reads one file, or what is below a directory, under the name of a link.
base::Status read_by_link(const base::Fd& root, const LinkRead& read, DirectoryWalk& walk,
                          FactCollector& facts) {
  base::Fd file = TRY(base::open_beneath(root, read.real));
  if (read.below) return walk.run(file, read.name);
  struct stat info = TRY(base::stat_fd(file));
  if (!S_ISREG(info.st_mode)) return base::Error(base::Code::kInvalid, "is no regular file");
  base::FdSource content(std::move(file));
  auto size = static_cast<uint64_t>(info.st_size);
  return facts.file({read.name, base::basename(read.name), size, info.st_mode & 07777u}, content);
}

}  // namespace

TreeFacts read_linked(const base::Fd& root, const DirectoryJob& job, const TreeFacts& tree,
                      const PathKey& key, Spill& spill) {
  FactCollector facts(job.kind, key, spill);
  const TreeFacts* only = &tree;
  LinkView view({&only, 1}, key);
  LinkPlan plan(view, job.kind, facts.diagnostics());
  DirectoryJob below;
  below.kind = job.kind;
  DirectoryWalk walk(below, facts);
  std::vector<LinkRead> reads = plan.take(0);
  for (int passes = 0; passes < 2 && !reads.empty(); ++passes) {
    for (const LinkRead& read : reads) {
      base::Status done = read_by_link(root, read, walk, facts);
      if (read.maybe && !done && done.error().code() == base::Code::kNotFound) continue;
      if (!done) plan.fail(read, done.error().message());
    }
    // Files whose log of changes came after them.
    auto stale = facts.take_stale();
    std::erase_if(reads, [&](const LinkRead& read) { return !stale.contains(read.name); });
  }
  return facts.finish();
}

base::Result<TreeFacts> read_directory(const base::Fd& root, const DirectoryJob& job,
                                       const PathKey& key, Spill& spill) {
  FactCollector facts(job.kind, key, spill);
  TRY(DirectoryWalk(job, facts).run(root));
  return facts.finish();
}

base::Result<TreeFacts> read_single_file(const base::Fd& file, const std::string& name,
                                         const DirectoryJob& job, const PathKey& key,
                                         Spill& spill) {
  FactCollector facts(job.kind, key, spill);
  struct stat info = TRY(base::stat_fd(file));
  auto size = static_cast<uint64_t>(info.st_size);
  base::RangeSource content(TRY(base::duplicate(file)), 0, size);
  TRY(facts.file({name, name, size, info.st_mode & 07777u}, content));
  if (job.reader != nullptr && job.reader->wants(name)) {
    if (size > job.reader->max_bytes) {
      facts.diagnostics().skipped("not-readable", name, "too large");
    } else {
      base::RangeSource again(TRY(base::duplicate(file)), 0, size);
      base::Bytes bytes = TRY(base::read_all(again, job.reader->max_bytes));
      job.reader->read(name, base::as_text(bytes));
    }
  }
  return facts.finish();
}

}  // namespace bulkhead::scan
