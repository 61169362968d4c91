// SPDX-License-Identifier: Apache-2.0
// Every pull makes a generation of its own: objects of a pull that was refused never mix with those
// in force, and there is nothing to collect but whole directories. The record "current" is replaced
// by rename, after the generation it names is complete and on disk.
#include "gitsync/cache.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "base/text.h"
#include "crypto/digest.h"

namespace bulkhead::gitsync {
namespace {

using base::Code;
using base::Error;
using base::Fd;
using base::Result;
using base::Status;

constexpr std::string_view kHeading = "bulkhead-gitsync 1";
constexpr size_t kIdChars = 40;

// Ours, and closed to others: who can write here decides the policy.
Status make_private(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    return base::errno_error("make directory", path);
  }
  struct stat info{};
  if (::lstat(path.c_str(), &info) != 0) return base::errno_error("stat", path);
  if (!S_ISDIR(info.st_mode)) return Error(Code::kDenied, path + " is no directory");
  if (info.st_uid != ::geteuid()) {
    return Error(Code::kDenied, path + " belongs to another user, who could change the policy");
  }
  if ((info.st_mode & 022) != 0) {
    return Error(Code::kDenied,
                 path + " can be written by other users, who could change the policy");
  }
  return {};
}

Result<InForce> read_record(std::string_view text) {
  auto damaged = [] { return Error(Code::kCorrupt, "damaged"); };
  InForce out;
  std::string_view line;
  if (!base::next_line(text, line) || line != kHeading) return damaged();
  bool ended = false;
  while (base::next_line(text, line)) {
    auto field = base::cut(line, " ");
    if (line == "end") {
      ended = true;
      break;
    }
    if (!field) return damaged();
    std::string value(field->second);
    bool is_id = is_object_id(value);
    if (field->first == "commit" && is_id) {
      out.commit = value;
    } else if (field->first == "tip" && is_id) {
      out.tip = value;
    } else if (field->first == "previous" && is_id) {
      out.previous = value;
    } else if (auto time = base::to_number<int64_t>(value); field->first == "seen" && time) {
      out.first_seen = *time;
    } else if (field->first != "url" && field->first != "ref") {
      return damaged();
    }
  }
  if (!ended || out.commit.empty() || out.tip.empty()) return damaged();
  return out;
}

}  // namespace

Cache::Cache(const std::string& cache, const Location& location, const std::string& ref)
    : root_(cache), display_(location.display()), ref_(ref.empty() ? "HEAD" : ref) {
  std::string key = display_ + "\n" + ref_;
  path_ = cache + "/" + crypto::sha256_hex(base::as_bytes(key)).substr(0, 32);
}

std::string Cache::generation(const std::string& commit, const std::string& tip) const {
  return path_ + "/" + commit + "-" + tip;
}

Result<InForce> Cache::in_force() const {
  std::string file = path_ + "/current";
  auto text = base::read_file(file, 64 << 10);
  if (!text && text.error().code() == Code::kNotFound) {
    return Error(Code::kNotFound, display_ + ": nothing was pulled yet");
  }
  auto record = read_record(TRY(std::move(text)));
  if (!record) {
    return Error(Code::kCorrupt, file + " is damaged; remove " + path_ +
                                     " to begin anew (a rewound repository is not noticed then)");
  }
  return record;
}

Result<std::string> Cache::objects_of(const std::string& commit) const {
  InForce record = TRY(in_force());
  if (record.commit == commit) return generation(commit, record.tip) + "/objects";
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(path_, error)) {
    std::string name = entry.path().filename().string();
    if (name.size() == 2 * kIdChars + 1 && name.starts_with(commit + "-")) {
      return entry.path().string() + "/objects";
    }
  }
  return Error(Code::kNotFound,
               display_ + ": commit " + base::printable(commit, 64) + " is not in the cache");
}

Result<Fd> Cache::lock(const Deadline& deadline) const {
  auto parent = base::dirname(root_);
  if (!parent.empty()) TRY(base::make_directories(std::string(parent)));
  TRY(make_private(root_));
  TRY(make_private(path_));
  std::string file = path_ + "/lock";
  Fd fd(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd.valid()) return base::errno_error("open", file);
  while (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) return base::errno_error("lock", file);
    TRY_AT("waiting for another pull of the same repository", deadline.check());
    ::poll(nullptr, 0, 20);
  }
  return fd;
}

Result<std::string> Cache::make_incoming() const {
  discard_incoming();
  std::string incoming = path_ + "/incoming";
  TRY(make_private(incoming));
  return incoming;
}

void Cache::discard_incoming() const {
  std::error_code ignored;  // what stays is removed by the next pull
  std::filesystem::remove_all(path_ + "/incoming", ignored);
}

Status Cache::publish(const InForce& next) const {
  std::string target = generation(next.commit, next.tip);
  std::error_code error;
  // One of that name is not in force: it is an older one that comes back, or a damaged one.
  std::filesystem::remove_all(target, error);
  std::filesystem::rename(path_ + "/incoming", target, error);
  if (error) return Error(Code::kIo, target + ": " + error.message());
  std::string text = std::string(kHeading) + "\nurl " + display_ + "\nref " + ref_ + "\ncommit " +
                     next.commit + "\ntip " + next.tip + "\n";
  if (!next.previous.empty()) text += "previous " + next.previous + "\n";
  text += "seen " + std::to_string(next.first_seen) + "\nend\n";
  TRY(base::write_file_atomic(path_ + "/current", base::as_bytes(text), 0600));
  prune(next);
  return {};
}

void Cache::prune(const InForce& keep) const {
  std::error_code error;
  std::vector<std::filesystem::path> old;
  for (const auto& entry : std::filesystem::directory_iterator(path_, error)) {
    std::string name = entry.path().filename().string();
    if (name.size() != 2 * kIdChars + 1 || name[kIdChars] != '-') continue;
    bool previous = !keep.previous.empty() && name.starts_with(keep.previous + "-");
    if (name != keep.commit + "-" + keep.tip && !previous) old.push_back(entry.path());
  }
  for (const auto& path : old) std::filesystem::remove_all(path, error);
}

}  // namespace bulkhead::gitsync
