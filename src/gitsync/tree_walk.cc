// SPDX-License-Identifier: Apache-2.0
// A tree of 40 nested directories of 40 entries that all point to one object is a few kilobytes and
// more files than there are atoms: entries are counted while walking, and each visit of a
// directory counts.
#include "gitsync/tree_walk.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "base/text.h"

namespace bulkhead::gitsync {
namespace {

using base::Code;
using base::Error;
using base::Result;
using base::Status;

constexpr uint64_t kMaxDirectoryBytes = 16 << 20;
constexpr size_t kMaxPathBytes = 4096;

struct Pending {
  std::string path;  // with '/' at the end, or ""
  std::string id;
  uint32_t depth = 0;
};

Error refuse_path(std::string_view path, std::string_view why) {
  return Error(Code::kInvalid, "\"" + base::printable(path, 200) + "\" " + std::string(why));
}

// Names that git forbids, because somebody's checkout would be attacked by them.
Status check_name(const std::string& path, std::string_view name) {
  if (name == "." || name == "..") return refuse_path(path, "leads out of its directory");
  if (base::equals_ignore_case(name, ".git") || base::equals_ignore_case(name, "git~1")) {
    return refuse_path(path, "would be git's own directory");
  }
  if (!base::is_utf8(name)) return refuse_path(path, "is not UTF-8");
  for (char c : name) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '\\') {
      return refuse_path(path, "has control characters or backslashes in its name");
    }
  }
  return {};
}

}  // namespace

Result<std::string> find_directory(const ObjectStore& store, const std::string& tree,
                                   const std::string& path, const Limits& limits) {
  std::string here = tree;
  if (path.empty()) return here;
  for (std::string_view part : base::split(path, '/')) {
    std::string bytes = TRY(store.read_as(ObjectType::kTree, here, kMaxDirectoryBytes));
    auto entries = TRY(parse_tree(bytes, limits.max_files));
    auto found = std::ranges::find(entries, part, &TreeEntry::name);
    if (found == entries.end() || found->kind != TreeEntry::Kind::kDirectory) {
      return Error(Code::kNotFound,
                   "the repository has no directory \"" + base::printable(path, 200) + "\"");
    }
    here = found->id;
  }
  return here;
}

Status walk_tree(const ObjectStore& store, const std::string& tree, const Limits& limits,
                 const Visit& visit) {
  std::vector<Pending> pending{{"", tree, 1}};
  uint64_t left = limits.max_files;
  while (!pending.empty()) {
    Pending here = std::move(pending.back());
    pending.pop_back();
    std::string_view shown = here.path.empty() ? std::string_view("/") : here.path;
    if (here.depth > limits.max_depth) {
      return Error(Code::kLimit, "\"" + base::printable(shown, 200) + "\" is nested more than " +
                                     std::to_string(limits.max_depth) + " deep");
    }
    auto bytes = TRY_AT(base::printable(shown, 200),
                        store.read_as(ObjectType::kTree, here.id, kMaxDirectoryBytes));
    auto entries = TRY_AT(base::printable(shown, 200), parse_tree(bytes, limits.max_files));
    if (entries.size() > left) {
      return Error(Code::kLimit, "more than " + std::to_string(limits.max_files) + " files");
    }
    left -= entries.size();
    for (const TreeEntry& entry : entries) {
      std::string path = here.path + entry.name;
      if (path.size() > kMaxPathBytes) return Error(Code::kLimit, "a path of more than 4096 bytes");
      TRY(visit(path, entry));
      if (entry.kind == TreeEntry::Kind::kDirectory) {
        pending.push_back({path + "/", entry.id, here.depth + 1});
      }
    }
  }
  return {};
}

Result<Tree> read_files(const ObjectStore& store, const std::string& tree, const Limits& limits) {
  Tree out;
  uint64_t total = 0;
  std::set<std::string> folded;  // paths in lower case
  auto visit = [&](const std::string& path, const TreeEntry& entry) -> Status {
    TRY(check_name(path, entry.name));
    std::string shown = base::printable(path, 200);
    if (!folded.insert(base::lower(path)).second) {
      out.diagnostics.note("case-clash", shown, "differs from another path in case only");
    }
    if (entry.kind == TreeEntry::Kind::kSymlink) {
      out.diagnostics.skipped("symlink", shown, "is a symbolic link and was not followed");
      auto target = TRY_AT(shown, store.read_as(ObjectType::kBlob, entry.id, kMaxPathBytes));
      out.links.emplace(path, std::move(target));
    } else if (entry.kind == TreeEntry::Kind::kSubmodule) {
      out.diagnostics.skipped("submodule", shown, "is a submodule and was not fetched");
    }
    if (entry.kind != TreeEntry::Kind::kFile) return {};
    auto content = TRY_AT(shown, store.read_as(ObjectType::kBlob, entry.id, limits.max_file_bytes));
    total += content.size();
    if (total > limits.max_tree_bytes) {
      return Error(Code::kLimit, "files of more than " + std::to_string(limits.max_tree_bytes) +
                                     " bytes together");
    }
    out.files.emplace(path, std::move(content));
    return {};
  };
  TRY(walk_tree(store, tree, limits, visit));
  return out;
}

}  // namespace bulkhead::gitsync
