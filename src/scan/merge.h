// SPDX-License-Identifier: Apache-2.0
// Merging: which facts of which layers are visible in the image's file system.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/run.h"
#include "model/package.h"
#include "scan/facts.h"

namespace bulkhead::scan {

// Whether what a layer has at a path is hidden by the layers above it.
bool is_hidden(std::span<const TreeFacts* const> uppers, const PathKey& key, std::string_view path);

// Readings that no upper layer hides, in order of layer and path. A lower path is hidden by the
// same path above it, by something that is not a directory on the way to it, by a whiteout of it or
// of a directory above it, or by an opaque directory. Layers are base first; all share one PathKey.
std::vector<catalog::PlacedReading> visible(std::span<const TreeFacts* const> layers,
                                            const PathKey& key);

// Sets the layer of packages that come from a package database to the layer that brought them: the
// lowest one from which on every version of that database file has the package.
void attribute_layers(std::span<const TreeFacts* const> layers,
                      std::vector<model::Package>& packages);

}  // namespace bulkhead::scan
