// SPDX-License-Identifier: Apache-2.0
// Loose refs are files with an id or "ref: NAME"; all others stand in "packed-refs". Files are
// opened beneath the repository, so that a link in it leads nowhere else.
#include "gitsync/local_repository.h"

#include <sys/stat.h>

#include "base/bytes.h"
#include "base/fs.h"
#include "base/text.h"
#include "gitsync/location.h"

namespace bulkhead::gitsync {
namespace {

using base::Code;
using base::Error;
using base::Fd;
using base::Result;

constexpr uint64_t kMaxSmallFile = 16 << 10;
constexpr uint64_t kMaxPackedRefs = 64 << 20;
constexpr int kMaxSymbolic = 5;

bool is_directory(const std::string& path) {
  struct stat info{};
  return ::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

bool is_git_directory(const std::string& path) {
  struct stat info{};
  return ::stat((path + "/HEAD").c_str(), &info) == 0 &&
         (is_directory(path + "/objects") || ::stat((path + "/commondir").c_str(), &info) == 0);
}

std::string relative_to(const std::string& directory, std::string_view path) {
  return path.starts_with('/') ? std::string(path) : directory + "/" + std::string(path);
}

// A file below a directory; nullopt when there is none.
Result<std::optional<std::string>> read_beneath(const std::string& directory,
                                                const std::string& name, uint64_t max_bytes) {
  Fd root = TRY(base::open_directory(directory));
  auto fd = base::open_beneath(root, name);
  if (!fd && fd.error().code() == Code::kNotFound) return std::optional<std::string>();
  Fd file = TRY(std::move(fd));
  struct stat info = TRY(base::stat_fd(file));
  if (S_ISDIR(info.st_mode)) return std::optional<std::string>();  // "refs/heads/a" beside "a/b"
  if (!S_ISREG(info.st_mode)) return Error(Code::kInvalid, name + " is no file");
  return std::optional<std::string>(TRY_AT(name, base::read_fd(file, max_bytes)));
}

Result<std::optional<std::string>> checked_id(std::string_view text, const std::string& name) {
  if (is_object_id(text)) return std::optional<std::string>(text);
  if (text.size() == 64 && base::from_hex(text)) {
    return Error(Code::kUnsupported, "the repository has SHA-256 ids; only sha1 is supported");
  }
  return Error(Code::kCorrupt, "ref " + base::printable(name, 200) + " is damaged");
}

}  // namespace

Result<LocalRepository> LocalRepository::open(const std::string& path) {
  std::string own = path + "/.git";
  struct stat info{};
  if (::stat(own.c_str(), &info) == 0 && S_ISREG(info.st_mode)) {
    std::string text = TRY(base::read_file(own, kMaxSmallFile));
    auto target = base::cut(base::trim(text), "gitdir: ");
    if (!target || !target->first.empty()) return Error(Code::kInvalid, own + " is damaged");
    own = relative_to(path, target->second);
  } else if (!is_directory(own)) {
    own = path;
  }
  if (!is_git_directory(own)) return Error(Code::kNotFound, "there is no git repository");
  std::string common = own;
  if (auto text = TRY(read_beneath(own, "commondir", kMaxSmallFile))) {
    common = relative_to(own, base::trim(*text));
  }
  return LocalRepository(std::move(own), std::move(common));
}

Result<std::optional<std::string>> LocalRepository::lookup(const std::string& name) const {
  std::string here = name;
  for (int i = 0; i <= kMaxSymbolic; ++i) {
    auto text = TRY(read_ref(here));
    if (!text) return text;
    constexpr std::string_view kSymbolic = "ref: ";
    if (!text->starts_with(kSymbolic)) return checked_id(*text, here);
    here = base::trim(std::string_view(*text).substr(kSymbolic.size()));
    if (!here.starts_with("refs/") || !check_ref(here)) {
      return Error(Code::kCorrupt, "ref " + base::printable(name, 200) + " is damaged");
    }
  }
  return Error(Code::kInvalid, "ref " + base::printable(name, 200) + " names itself");
}

Result<std::optional<std::string>> LocalRepository::read_ref(const std::string& name) const {
  auto text = TRY(read_beneath(name == "HEAD" ? own_ : common_, name, kMaxSmallFile));
  if (!text) return read_packed(name);
  return std::optional<std::string>(base::trim(*text));
}

Result<std::optional<std::string>> LocalRepository::read_packed(const std::string& name) const {
  auto text = TRY(read_beneath(common_, "packed-refs", kMaxPackedRefs));
  if (!text) return text;
  std::string_view rest = *text;
  std::string_view line;
  while (base::next_line(rest, line)) {
    auto parts = base::cut(line, " ");
    bool is_ref = parts && !line.starts_with('#') && !line.starts_with('^');
    if (is_ref && parts->second == name) return std::optional<std::string>(parts->first);
  }
  return std::optional<std::string>();
}

}  // namespace bulkhead::gitsync
