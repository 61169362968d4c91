// SPDX-License-Identifier: Apache-2.0
// The overlay's rules (OCI image specification v1.1, layer.md), asked per fact instead of built as
// a tree: an image has millions of paths but only thousands of facts.
#include "scan/merge.h"

#include <algorithm>

#include "base/text.h"
#include "scan/links.h"

namespace bulkhead::scan {
namespace {

bool listed(const std::vector<std::string>& sorted, std::string_view path) {
  return std::binary_search(sorted.begin(), sorted.end(), path);
}

}  // namespace

bool hides(const TreeFacts& upper, const PathKey& key, std::string_view path, size_t below) {
  if (upper.index.find(hash_path(key, path)) != PathIndex::Has::kNothing) return true;
  if (listed(upper.whiteouts, path)) return true;
  while (true) {
    bool top = path.find('/') == std::string_view::npos;
    path = base::dirname(path);
    if (below != 0 && path.size() <= below) return false;
    if (listed(upper.opaque, path)) return true;  // "" is the root
    if (top) return false;
    if (upper.index.find(hash_path(key, path)) == PathIndex::Has::kOther) return true;
    if (listed(upper.whiteouts, path)) return true;
  }
}

bool is_hidden(std::span<const TreeFacts* const> uppers, const PathKey& key,
               std::string_view path) {
  return std::any_of(uppers.begin(), uppers.end(),
                     [&](const TreeFacts* upper) { return hides(*upper, key, path); });
}

Merged merge(std::span<const TreeFacts* const> layers, const PathKey& key) {
  LayerLinks links(layers, key);
  auto hidden_above = [&](size_t layer, std::string_view path) {
    for (size_t upper = layer + 1; upper < layers.size(); ++upper) {
      if (hides(*layers[upper], key, path) || links.hides_through_link(upper, path)) return true;
    }
    return false;
  };
  Merged out;
  for (size_t layer = 0; layer < layers.size(); ++layer) {
    for (const catalog::Reading& reading : layers[layer]->readings) {
      catalog::PlacedReading placed{&reading, static_cast<int32_t>(layer)};
      if (!hidden_above(layer, reading.facts.path)) {
        out.visible.push_back(placed);
      } else if (reading.cataloger->database) {
        out.replaced.push_back(placed);
      }
    }
    for (const auto& [path, diagnostics] : layers[layer]->file_diagnostics) {
      if (!hidden_above(layer, path)) out.diagnostics.emplace_back(path, &diagnostics);
    }
  }
  return out;
}

}  // namespace bulkhead::scan
