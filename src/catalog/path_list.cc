// SPDX-License-Identifier: Apache-2.0
// File lists as one string: for every path a byte that says how much it shares with the one before
// (up to 255), the rest, and a newline, which no path in a list of lines can hold.
#include "catalog/path_list.h"

#include <algorithm>
#include <span>

namespace bulkhead::catalog {
namespace {

constexpr size_t kMaxPathBytes = 4096;
constexpr size_t kMaxShared = 255;
// What packed text may grow to: crafted sharing makes 257 bytes out of 3.
constexpr size_t kMaxUnpackedBytes = 256 << 20;

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

std::string pack_paths(std::vector<std::string_view> paths) {
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
  return out;
}

void unpack_paths(std::string_view packed, std::vector<std::string>& out) {
  size_t budget = kMaxUnpackedBytes;
  while (!packed.empty()) {
    size_t shared = static_cast<unsigned char>(packed[0]);
    size_t end = packed.find('\n', 1);
    if (end == std::string_view::npos || shared > (out.empty() ? 0 : out.back().size())) return;
    std::string path;
    path.reserve(shared + end - 1);
    if (shared != 0) path.assign(out.back(), 0, shared);
    path.append(packed.substr(1, end - 1));
    if (path.size() > budget) return;
    budget -= path.size();
    out.push_back(std::move(path));
    packed.remove_prefix(end + 1);
  }
}

}  // namespace bulkhead::catalog
