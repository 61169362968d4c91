// SPDX-License-Identifier: Apache-2.0
// Merging: which facts of which layers are visible in the image's file system.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "catalog/run.h"
#include "scan/facts.h"

namespace bulkhead::scan {

// Whether an upper layer hides what lower ones have at a path, by something at the path itself or
// at a directory above it whose name is longer than `below` bytes.
bool hides(const TreeFacts& upper, const PathKey& key, std::string_view path, size_t below = 0);

// Whether what a layer has at a path is hidden by the layers above it.
bool is_hidden(std::span<const TreeFacts* const> uppers, const PathKey& key, std::string_view path);

struct Merged {
  std::vector<catalog::PlacedReading> visible;   // in order of layer and path
  std::vector<catalog::PlacedReading> replaced;  // of package databases, hidden by upper layers
  // About files that are visible.
  std::vector<std::pair<std::string_view, const base::Diagnostics*>> diagnostics;
};

// A lower path is hidden by the same path above it, by something that is not a directory on the way
// to it, by a whiteout of it or of a directory above it, by an opaque directory, or by any of these
// through a symbolic link (links.h). Layers are base first; all share one PathKey.
Merged merge(std::span<const TreeFacts* const> layers, const PathKey& key);

}  // namespace bulkhead::scan
