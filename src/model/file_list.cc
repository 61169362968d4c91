// SPDX-License-Identifier: Apache-2.0
// Front-coded: for every path a byte that says how much it shares with the one before (up to 255),
// the rest, and a newline.
#include "model/file_list.h"

#include <algorithm>
#include <span>

namespace bulkhead::model {
namespace {

constexpr size_t kMaxPathBytes = 4096;
constexpr size_t kMaxShared = 255;

std::string_view without_root(std::string_view path) {
  if (path.starts_with("./")) path.remove_prefix(2);
  while (path.starts_with('/')) path.remove_prefix(1);
  while (path.ends_with('/')) path.remove_suffix(1);
  return path == "." ? std::string_view() : path;
}

// Whether a path of the sorted list is a directory: another one goes on from it. Between the two
// only names like "dir-x" or "dir.x" can stand, few of them outside of crafted lists.
bool is_directory(std::span<const std::string_view> after, std::string_view path) {
  constexpr size_t kNear = 8;
  auto is_below = [&](std::string_view other) {
    return other.size() > path.size() && other[path.size()] == '/' && other.starts_with(path);
  };
  for (size_t i = 0; i < std::min(after.size(), kNear); ++i) {
    if (is_below(after[i])) return true;
    if (!after[i].starts_with(path)) return false;
  }
  if (after.size() <= kNear) return false;
  std::string first = std::string(path) + "/";
  auto at = std::lower_bound(after.begin(), after.end(), std::string_view(first));
  return at != after.end() && is_below(*at);
}

}  // namespace

FileList::FileList(std::vector<std::string_view> paths) {
  for (std::string_view& path : paths) path = without_root(path);
  std::erase_if(paths, [](std::string_view path) {
    return path.empty() || path.size() > kMaxPathBytes || path.find('\n') != path.npos;
  });
  std::sort(paths.begin(), paths.end());
  paths.erase(std::unique(paths.begin(), paths.end()), paths.end());

  std::string out;
  std::string_view before;
  for (size_t i = 0; i < paths.size(); ++i) {
    std::string_view path = paths[i];
    if (is_directory(std::span(paths).subspan(i + 1), path)) continue;
    size_t most = std::min({before.size(), path.size(), kMaxShared});
    size_t shared = 0;
    while (shared < most && before[shared] == path[shared]) ++shared;
    out.push_back(static_cast<char>(shared));
    out.append(path.substr(shared)).push_back('\n');
    before = path;
  }
  packed_ = out;
}

bool FileList::Cursor::next() {
  if (rest.empty()) return false;
  size_t shared = static_cast<unsigned char>(rest[0]);
  size_t end = rest.find('\n', 1);
  if (end == rest.npos || shared > path.size()) return false;
  path.resize(shared);
  path.append(rest.substr(1, end - 1));
  rest.remove_prefix(end + 1);
  return path.size() <= kMaxPathBytes;
}

std::vector<std::string> FileList::paths() const {
  std::vector<std::string> out;
  each([&](std::string_view path) {
    out.emplace_back(path);
    return true;
  });
  return out;
}

void FileList::merge(const FileList& other) {
  if (other.empty() || *this == other) return;
  if (empty()) {
    *this = other;
    return;
  }
  std::vector<std::string> all = paths();
  for (std::string& path : other.paths()) all.push_back(std::move(path));
  *this = FileList({all.begin(), all.end()});
}

FileList FileList::from_packed(base::SharedText packed) {
  FileList out;
  out.packed_ = std::move(packed);
  return out;
}

}  // namespace bulkhead::model
