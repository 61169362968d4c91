// SPDX-License-Identifier: Apache-2.0
// Commits, tags and trees from their bytes. Strict: what git itself would not write is refused, so
// that nobody can show one thing to us and another to git. Internal to this room.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "gitsync/gitsync.h"

namespace bulkhead::gitsync {

inline constexpr uint64_t kMaxCommitBytes = 1 << 20;
inline constexpr int kMaxTags = 8;  // that name one another before a commit comes

struct CommitObject {
  std::string tree;
  std::vector<std::string> parents;
  Person author;
  Person committer;
  std::string message;
  std::string signature;  // armoured, or ""
  std::string payload;    // what the signature is over
};
base::Result<CommitObject> parse_commit(std::string_view bytes);

struct TagObject {
  std::string target;
  std::string target_type;  // "commit", "tag", ...
  std::string name;
  std::optional<base::UnixTime> time;  // of the tagger, as claimed; very old tags have none
  std::string signature;
  std::string payload;
};
base::Result<TagObject> parse_tag(std::string_view bytes);

struct TreeEntry {
  enum class Kind { kFile, kDirectory, kSymlink, kSubmodule };
  Kind kind = Kind::kFile;
  std::string name;  // not empty; no '/'; else unchecked
  std::string id;
};
// At most max_entries, else kLimit. kInvalid for unknown modes and for entries out of git's order,
// which includes two of one name.
base::Result<std::vector<TreeEntry>> parse_tree(std::string_view bytes, uint64_t max_entries);

// Trailers of the last paragraph with one of the keys that Claim lists; at most 100.
std::vector<Claim> parse_claims(std::string_view message);

}  // namespace bulkhead::gitsync
