// SPDX-License-Identifier: Apache-2.0
// Cache files: written aside and renamed, touched when used, removed oldest first.
#include "scan/cache/store.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "base/text.h"

namespace bulkhead::scan {
namespace {
constexpr uint64_t kMaxEntryBytes = 1ull << 30;
}

bool valid_store_name(std::string_view name) {
  if (name.empty() || name.size() > 200 || name.front() == '.') return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return base::is_digit(c) || (c >= 'a' && c <= 'z') || c == '.' || c == '-';
  });
}

base::Result<FileStore> FileStore::open(const std::string& directory) {
  TRY(base::make_directories(directory));
  if (::chmod(directory.c_str(), 0700) != 0) return base::errno_error("chmod", directory);
  return FileStore(directory);
}

base::Result<base::Fd> FileStore::open_entry(const std::string& name) const {
  CHECK(valid_store_name(name));
  std::string path = directory_ + "/" + name;
  base::Fd fd = TRY(base::open_regular(path));
  ::futimens(fd.get(), nullptr);  // prune() removes what was not used for longest
  return fd;
}

std::optional<base::Mapping> FileStore::get(const std::string& name) {
  auto fd = open_entry(name);
  if (!fd) return std::nullopt;
  auto mapping = base::Mapping::open(*fd);
  if (!mapping) return std::nullopt;
  return std::move(*mapping);
}

base::Status FileStore::put(const std::string& name, std::string_view bytes) {
  CHECK(valid_store_name(name));
  return base::write_file_atomic(directory_ + "/" + name, base::as_bytes(bytes), 0600);
}

base::Status FileStore::put_from(const std::string& name, const base::Fd& content) const {
  CHECK(valid_store_name(name));
  base::Mapping mapping = TRY(base::Mapping::open(content));
  if (mapping.bytes().size() > kMaxEntryBytes) {
    return base::Error(base::Code::kLimit, "cache entry is too large");
  }
  return base::write_file_atomic(directory_ + "/" + name, mapping.bytes(), 0600);
}

void FileStore::prune(uint64_t max_bytes) const {
  struct Entry {
    std::string path;
    uint64_t size;
    int64_t used;
  };
  std::vector<Entry> entries;
  uint64_t total = 0;
  DIR* stream = ::opendir(directory_.c_str());
  if (stream == nullptr) return;
  while (const dirent* found = ::readdir(stream)) {
    if (!valid_store_name(found->d_name) || std::string_view(found->d_name) == "path-key") continue;
    std::string path = directory_ + "/" + found->d_name;
    struct stat info{};
    if (::lstat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) continue;
    entries.push_back({path, static_cast<uint64_t>(info.st_size), info.st_mtim.tv_sec});
    total += entries.back().size;
  }
  ::closedir(stream);
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return a.used < b.used; });
  for (const Entry& entry : entries) {
    if (total <= max_bytes) return;
    if (::unlink(entry.path.c_str()) == 0) total -= entry.size;
  }
}

}  // namespace bulkhead::scan
