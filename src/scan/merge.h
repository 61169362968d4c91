// SPDX-License-Identifier: Apache-2.0
// Merging: which facts of which layers are visible in the image's file system.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/run.h"
#include "scan/facts.h"

namespace bulkhead::scan {

// Whether an upper layer hides what lower ones have at a path, by something at the path itself or
// at a directory above it whose name is longer than `below` bytes.
bool hides(const TreeFacts& upper, const PathKey& key, std::string_view path, size_t below = 0);

// The same for many paths. Those that follow one another in order of path share the work on the
// directories above both: paths of a thousand directories, in a hundred layers, are no reason to
// look up every directory for every path in every layer.
class Hiding {
 public:
  // The layer must outlive this and not change.
  Hiding(const TreeFacts& upper, const PathKey& key);
  bool hides(std::string_view path);

 private:
  struct Directory {
    size_t size;          // of its path, which last_ starts with
    PrefixHasher hasher;  // after it
    bool hidden;          // what is below it
  };

  Directory look_at(std::string_view path, size_t size);

  const TreeFacts& upper_;
  const PathKey& key_;
  std::vector<uint64_t> whiteouts_;  // hashes, sorted
  std::vector<uint64_t> opaque_;
  bool root_is_opaque_;
  std::string last_;              // the path asked before
  std::vector<Directory> above_;  // directories above it, from the root down to a hidden one
};

// Takes out of all layers but the top one what the top one hides: readings, links, and what is
// reported about single files. Done after every layer, so that an image of many layers costs no
// more memory than what is visible. Of package databases `history` keeps which packages they had.
//
// A lower path is hidden by the same path above it, by something that is not a directory on the way
// to it, by a whiteout of it or of a directory above it, by an opaque directory, or by any of these
// through a symbolic link (links.h). Layers are base first; all share one PathKey.
void drop_hidden(std::span<TreeFacts* const> layers, const PathKey& key, catalog::History& history);

// All readings that are left, in order of layer and path.
std::vector<catalog::PlacedReading> visible(std::span<TreeFacts* const> layers);

}  // namespace bulkhead::scan
