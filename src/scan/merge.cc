// SPDX-License-Identifier: Apache-2.0
// The overlay's rules (OCI image specification v1.1, layer.md), asked per fact instead of built as
// a tree: an image has millions of paths but only thousands of facts.
#include "scan/merge.h"

#include <algorithm>

#include "scan/links/links.h"

namespace bulkhead::scan {
namespace {

bool listed(const std::vector<std::string>& sorted, std::string_view path) {
  return std::binary_search(sorted.begin(), sorted.end(), path);
}

bool has_hash(const std::vector<uint64_t>& sorted, uint64_t hash) {
  return std::binary_search(sorted.begin(), sorted.end(), hash);
}

std::vector<uint64_t> hashes_of(const std::vector<std::string>& paths, const PathKey& key) {
  std::vector<uint64_t> out;
  out.reserve(paths.size());
  for (const std::string& path : paths) out.push_back(hash_path(key, path));
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

bool hides(const TreeFacts& upper, const PathKey& key, std::string_view path, size_t below) {
  PrefixHasher hasher(key);
  for (size_t at = path.find('/', below + 1); at != path.npos; at = path.find('/', at + 1)) {
    std::string_view directory = path.substr(0, at);
    if (upper.index.find(hasher.hash(path, at)) == PathIndex::Has::kOther) return true;
    if (listed(upper.whiteouts, directory) || listed(upper.opaque, directory)) return true;
  }
  if (below == 0 && listed(upper.opaque, "")) return true;  // the root
  if (upper.index.find(hasher.hash(path, path.size())) != PathIndex::Has::kNothing) return true;
  return listed(upper.whiteouts, path);
}

Hiding::Hiding(const TreeFacts& upper, const PathKey& key)
    : upper_(upper),
      key_(key),
      whiteouts_(hashes_of(upper.whiteouts, key)),
      opaque_(hashes_of(upper.opaque, key)),
      root_is_opaque_(listed(upper.opaque, "")) {}

// The directory of `size` bytes, with all those above it in above_.
Hiding::Directory Hiding::look_at(std::string_view path, size_t size) {
  Directory out{size, above_.empty() ? PrefixHasher(key_) : above_.back().hasher, false};
  uint64_t hash = out.hasher.hash(path, size);
  out.hidden = upper_.index.find(hash) == PathIndex::Has::kOther || has_hash(whiteouts_, hash) ||
               has_hash(opaque_, hash);
  return out;
}

bool Hiding::hides(std::string_view path) {
  if (root_is_opaque_) return true;
  auto differ = std::mismatch(path.begin(), path.end(), last_.begin(), last_.end()).first;
  auto common = static_cast<size_t>(differ - path.begin());
  // Above both paths is what ends, with its slash, before they differ.
  while (!above_.empty() && above_.back().size >= common) above_.pop_back();
  last_.assign(path);
  if (!above_.empty() && above_.back().hidden) return true;
  size_t from = above_.empty() ? 1 : above_.back().size + 1;
  for (size_t at = path.find('/', from); at != path.npos; at = path.find('/', at + 1)) {
    above_.push_back(look_at(path, at));
    if (above_.back().hidden) return true;
  }
  PrefixHasher hasher = above_.empty() ? PrefixHasher(key_) : above_.back().hasher;
  uint64_t hash = hasher.hash(path, path.size());
  return upper_.index.find(hash) != PathIndex::Has::kNothing || has_hash(whiteouts_, hash);
}

void drop_hidden(std::span<TreeFacts* const> layers, const PathKey& key,
                 catalog::History& history) {
  TreeFacts& top = *layers.back();
  std::span<TreeFacts* const> lower = layers.first(layers.size() - 1);
  LinksBelow links({lower.begin(), lower.end()}, top, key);
  Hiding hiding(top, key);
  auto hidden = [&](std::string_view path) { return hiding.hides(path) || links.hide(path); };
  for (size_t layer = 0; layer < lower.size(); ++layer) {
    TreeFacts& facts = *lower[layer];
    std::erase_if(facts.readings, [&](const catalog::Reading& reading) {
      if (!hidden(reading.facts.path)) return false;
      history.replaced(reading, static_cast<int32_t>(layer));
      return true;
    });
    std::erase_if(facts.file_diagnostics, [&](const auto& entry) { return hidden(entry.first); });
    std::erase_if(facts.privileged, [&](const auto& file) { return hidden(file.first); });
    auto replaced = [&](const auto& link) { return hiding.hides(link.first); };
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
