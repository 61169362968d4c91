// SPDX-License-Identifier: Apache-2.0
// TreeFacts: what one pass over one layer (or one directory) learned. FactCollector: makes them,
// entry by entry, whatever the entries come from.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/diagnostics.h"
#include "base/io.h"
#include "catalog/run.h"
#include "scan/path_index.h"
#include "scan/spill.h"

namespace bulkhead::scan {

// Path of a link -> target as it stands in the tree.
using LinkMap = std::map<std::string, std::string, std::less<>>;

struct TreeFacts {
  std::vector<catalog::Reading> readings;  // sorted by path, then cataloger
  std::vector<std::string> whiteouts;      // paths that this layer removes from lower ones
  std::vector<std::string> opaque;         // directories whose lower content this layer hides
  LinkMap links;       // symbolic links; what they lead to is known only with all layers
  LinkMap hard_links;  // names that somebody wants, of files that a lower layer has to have
  // Files with the setuid or setgid bit: path -> permission bits.
  std::map<std::string, uint32_t, std::less<>> privileged;
  PathIndex index;  // everything this layer has
  base::Diagnostics diagnostics;
  // About single files, by path: they mean nothing where an upper layer hides the file.
  std::map<std::string, base::Diagnostics, std::less<>> file_diagnostics;
  uint64_t entries = 0;

  // About how much memory all links and removed paths take.
  size_t bytes_beside() const;
};

class FactCollector {
 public:
  // More readings than this are not kept, nor readings that take more memory: the tree is then
  // reported incomplete.
  static constexpr size_t kMaxReadings = 500'000;
  static constexpr size_t kMaxReadingBytes = 96 << 20;
  // Files that something is reported about; what more there is counts for the tree as a whole.
  static constexpr size_t kMaxReported = 1000;
  // And of paths that it removes from lower layers.
  static constexpr size_t kMaxRemovedBytes = 16 << 20;
  // Symbolic links, with what they take in memory beside their texts.
  static constexpr size_t kMaxLinkBytes = 32 << 20;
  static constexpr size_t kLinkNodeBytes = 128;
  // Hard links to files of lower layers.
  static constexpr size_t kMaxHardLinks = 10'000;
  // Files with the setuid or setgid bit.
  static constexpr size_t kMaxPrivileged = 10'000;
  // Logs of changes to databases, all together.
  static constexpr uint64_t kMaxLogBytes = 64 << 20;

  FactCollector(catalog::TreeKind kind, const PathKey& key, Spill& spill)
      : kind_(kind), key_(key), spill_(spill) {}

  // Every entry of the tree must be announced by exactly one of these. A later entry at the same
  // path replaces the earlier one, and one that is not a directory also what was below it.
  void directory(std::string_view path);
  void other(std::string_view path);  // devices, sockets, ...
  void symlink(std::string_view path, std::string_view target);
  // A regular file; reads from content only if a cataloger wants it.
  base::Status file(const catalog::FileInfo& info, base::Source& content);
  // A second name of a file of the same tree. True when what is known about target now stands for
  // this name too, or nobody wants this name; false when the content must be read again.
  bool hard_link(const catalog::FileInfo& info, std::string_view target);
  // The target of the symbolic link that stands at a path so far; null when there is none.
  const std::string* link_at(std::string_view path) const;
  // A hard link, as hard_link() returned false for it, to a file that was not found in this tree.
  void missing(const std::string& path, const std::string& target);
  // Files of this tree that must be offered once more, with file(): logs of changes to them came
  // after them.
  bool any_stale() const { return !stale_.empty(); }
  std::set<std::string, std::less<>> take_stale() { return std::exchange(stale_, {}); }

  void whiteout(std::string path) { remove(std::move(path), facts_.whiteouts); }
  void opaque(std::string path) { remove(std::move(path), facts_.opaque); }
  // About the tree as a whole, and about one file of it.
  base::Diagnostics& diagnostics() { return facts_.diagnostics; }
  void report(std::string_view path, base::Impact impact, std::string_view kind,
              std::string_view message);
  const PathKey& key() const { return key_; }

  TreeFacts finish();

 private:
  // What is known about a file.
  struct Kept {
    std::vector<catalog::Reading> readings;
    std::unique_ptr<base::Diagnostics> diagnostics;  // null: none

    Kept copy() const;
    size_t bytes() const;
  };

  void announce(std::string_view path, bool is_directory);
  void remove(std::string path, std::vector<std::string>& list);
  void forget(std::string_view path);
  void uncount(const Kept& kept);
  void forget_below(std::string_view path);
  void forget_privileged(std::string_view path, bool is_directory);
  void forget_links(std::string_view path, bool is_directory);
  void sort_out_hard_links();
  void note_mode(std::string_view path, uint32_t mode);
  bool is_wanted(std::string_view path);
  bool was_considered(const catalog::FileInfo& link, std::string_view target) const;
  void keep(std::string_view path, Kept kept);
  base::Status read_log(const catalog::FileInfo& info, base::Source& content);
  base::Status read_wanted(const catalog::FileInfo& info, base::Source& content);

  catalog::TreeKind kind_;
  PathKey key_;
  Spill& spill_;
  TreeFacts facts_;
  catalog::Interest interest_;
  size_t kept_ = 0;
  size_t kept_bytes_ = 0;
  size_t reported_ = 0;
  size_t removed_bytes_ = 0;
  size_t link_bytes_ = 0;
  std::string below_;    // kept for its memory only
  LinkMap maybe_below_;  // hard links to what would be known, were it in this tree
  // By path; ordered, so that what lies below a path is one range.
  std::map<base::SharedText, Kept, std::less<>> by_path_;
  std::unordered_set<uint64_t> ancestors_;  // hashes of all directories above readings
  struct Log {
    std::string path;
    base::Bytes bytes;
    bool read = false;
  };
  std::map<std::string, Log, std::less<>> logs_;  // by the path of the file that they change
  uint64_t log_bytes_ = 0;
  std::set<std::string, std::less<>> may_have_log_;  // files that were read
  std::set<std::string, std::less<>> stale_;
};

}  // namespace bulkhead::scan
