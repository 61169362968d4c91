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

void drop_hidden(std::span<TreeFacts* const> layers, const PathKey& key,
                 catalog::History& history) {
  TreeFacts& top = *layers.back();
  std::span<TreeFacts* const> lower = layers.first(layers.size() - 1);
  LinksBelow links({lower.begin(), lower.end()}, top, key);
  auto hidden = [&](std::string_view path) { return hides(top, key, path) || links.hide(path); };
  for (size_t layer = 0; layer < lower.size(); ++layer) {
    TreeFacts& facts = *lower[layer];
    std::erase_if(facts.readings, [&](const catalog::Reading& reading) {
      if (!hidden(reading.facts.path)) return false;
      history.replaced(reading, static_cast<int32_t>(layer));
      return true;
    });
    std::erase_if(facts.file_diagnostics, [&](const auto& entry) { return hidden(entry.first); });
    std::erase_if(facts.privileged, [&](const auto& file) { return hidden(file.first); });
    auto replaced = [&](const auto& link) { return hides(top, key, link.first); };
    std::erase_if(facts.links, replaced);
    std::erase_if(facts.hard_links, replaced);
  }
}

std::vector<catalog::PlacedReading> visible(std::span<TreeFacts* const> layers) {
  std::vector<catalog::PlacedReading> out;
  for (size_t layer = 0; layer < layers.size(); ++layer) {
    for (catalog::Reading& reading : layers[layer]->readings) {
      out.push_back({&reading, static_cast<int32_t>(layer)});
    }
  }
  return out;
}

}  // namespace bulkhead::scan
