// SPDX-License-Identifier: Apache-2.0
// Where links lead inside of a tree, by their text alone.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace bulkhead::base {

// `target` as seen from a directory of the tree ("" its root), without leading slash, "." and "..":
// "" is the root; nullopt when it leads above it. A leading slash of target counts for nothing, so
// whoever lets it mean the root gives "" as the directory.
std::optional<std::string> path_in_tree(std::string_view directory, std::string_view target);

}  // namespace bulkhead::base
