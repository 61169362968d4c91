// SPDX-License-Identifier: Apache-2.0
// Opening whole TOML and JSON files for catalogers: a malformed one becomes a diagnostic.
#pragma once

#include <map>
#include <optional>
#include <string_view>

#include "base/json.h"
#include "base/node.h"
#include "catalog/cataloger.h"

namespace bulkhead::catalog {

// The most packages that one manifest, lock file or program may hold. Real ones hold a few
// thousand; a package takes far more memory than the line that names it, so this bound and not the
// size of the file is what keeps crafted ones harmless.
inline constexpr size_t kMaxPackagesOfFile = 20'000;
// Of lock files that list every copy in node_modules: what so many take is still kept.
inline constexpr size_t kMaxPackagesOfModules = 100'000;
// Whether the file has given all that it may; says so once, so the caller stops reading then.
bool is_full(const File& file, const FileFacts& out, base::Diagnostics& diagnostics);
bool is_full(const File& file, size_t packages, size_t most, base::Diagnostics& diagnostics);
// The same of kMaxPackagesOfModules, for readers that cannot stop in the middle.
class ModulesLimit {
 public:
  ModulesLimit(const File& file, base::Diagnostics& diagnostics)
      : file_(file), diagnostics_(diagnostics) {}
  bool reached(size_t packages) {
    if (!reached_) reached_ = is_full(file_, packages, kMaxPackagesOfModules, diagnostics_);
    return reached_;
  }

 private:
  const File& file_;
  base::Diagnostics& diagnostics_;
  bool reached_ = false;
};

// A lock file that cannot be read at all: what it pins is not in the answer, which is incomplete.
void lock_not_read(const File& file, std::string_view why, base::Diagnostics& diagnostics);

// The root table; nullopt, with a diagnostic, when it cannot be read: a lock file's says that the
// answer is incomplete.
std::optional<base::Node> open_lock_toml(const File& file, base::Diagnostics& diagnostics);
std::optional<base::Node> open_manifest_toml(const File& file, base::Diagnostics& diagnostics);

// A JSON document whose root is an object, read as the tools that write it do: the last of repeated
// keys counts, and a diagnostic about the file (where) says so.
base::Result<base::json::Document> parse_json(base::ByteView bytes, std::string_view where,
                                              base::Diagnostics& diagnostics);
std::optional<base::json::Document> open_lock_json(const File& file,
                                                   base::Diagnostics& diagnostics);

// The members of a table by key, for tables that are asked once for every package: Node looks
// through all of its members. The table must outlive the index.
class MemberIndex {
 public:
  explicit MemberIndex(const base::Node& table);
  // A missing node when absent.
  const base::Node& operator[](std::string_view key) const;

 private:
  std::map<std::string_view, const base::Node*> members_;
};

}  // namespace bulkhead::catalog
