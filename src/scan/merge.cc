// SPDX-License-Identifier: Apache-2.0
// The overlay's rules (OCI image specification v1.1, layer.md), asked per fact instead of built as
// a tree: an image has millions of paths but only thousands of facts.
#include "scan/merge.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "base/text.h"

namespace bulkhead::scan {
namespace {

bool listed(const std::vector<std::string>& sorted, std::string_view path) {
  return std::binary_search(sorted.begin(), sorted.end(), path);
}

bool hides(const TreeFacts& upper, const PathKey& key, std::string_view path) {
  if (upper.index.find(hash_path(key, path)) != PathIndex::Has::kNothing) return true;
  if (listed(upper.whiteouts, path)) return true;
  while (true) {
    bool top = path.find('/') == std::string_view::npos;
    path = base::dirname(path);
    if (listed(upper.opaque, path)) return true;  // "" is the root
    if (top) return false;
    if (upper.index.find(hash_path(key, path)) == PathIndex::Has::kOther) return true;
    if (listed(upper.whiteouts, path)) return true;
  }
}

std::string identity(const model::Package& package) {
  return package.name + '\0' + package.version + '\0' + package.arch;
}

// What each layer's version of one database file holds.
using Generation = std::unordered_set<std::string>;

}  // namespace

bool is_hidden(std::span<const TreeFacts* const> uppers, const PathKey& key,
               std::string_view path) {
  return std::any_of(uppers.begin(), uppers.end(),
                     [&](const TreeFacts* upper) { return hides(*upper, key, path); });
}

std::vector<catalog::PlacedReading> visible(std::span<const TreeFacts* const> layers,
                                            const PathKey& key) {
  std::vector<catalog::PlacedReading> out;
  for (size_t layer = 0; layer < layers.size(); ++layer) {
    for (const catalog::Reading& reading : layers[layer]->readings) {
      if (is_hidden(layers.subspan(layer + 1), key, reading.facts.path)) continue;
      out.push_back({&reading, static_cast<int32_t>(layer)});
    }
  }
  return out;
}

void attribute_layers(std::span<const TreeFacts* const> layers,
                      std::vector<model::Package>& packages) {
  if (layers.size() < 2) return;
  // path of a database -> generations by layer (empty pointer: the layer has no such file)
  std::unordered_map<std::string, std::vector<std::pair<int32_t, Generation>>> databases;
  for (size_t layer = 0; layer < layers.size(); ++layer) {
    for (const catalog::Reading& reading : layers[layer]->readings) {
      if (reading.facts.packages.size() < 1 || !reading.cataloger->database) continue;
      auto& generations = databases[reading.facts.path];
      generations.emplace_back(static_cast<int32_t>(layer), Generation());
      for (const model::Package& package : reading.facts.packages) {
        generations.back().second.insert(identity(package));
      }
    }
  }
  for (model::Package& package : packages) {
    for (model::Location& location : package.locations) {
      auto found = databases.find(location.path);
      if (found == databases.end()) continue;
      std::string who = identity(package);
      for (auto at = found->second.rbegin(); at != found->second.rend(); ++at) {
        if (at->first > location.layer) continue;
        if (!at->second.contains(who)) break;
        location.layer = at->first;
      }
    }
  }
}

}  // namespace bulkhead::scan
