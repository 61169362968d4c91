// SPDX-License-Identifier: Apache-2.0
// Where paths lead in the merged tree, as a process in a container would be led: symbolic links are
// followed wherever they stand on the way, absolute ones and ".." stay inside the root, and after
// 40 links it is over (path_resolution(7)).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "scan/facts.h"

namespace bulkhead::scan {

struct Led {
  enum class To { kNothing, kFile, kDirectory, kLoop, kTooFar };

  To to = To::kNothing;  // kFile: whatever is no directory; kTooFar: see LinkView::kMaxLookedUp
  std::string path;      // with no link on the way
  int32_t at = -1;       // layer that has it
  int32_t layer = -1;    // layer from which on the path leads there: the highest one on the way
  bool linked = false;   // a link was on the way
};

class LinkView {
 public:
  // No more than this is looked up for an image, however many links it has: bytes of paths, once
  // for every layer.
  static constexpr uint64_t kMaxLookedUp = 256 << 20;
  static constexpr int kMaxLinks = 40;

  // Layers are base first, after drop_hidden().
  LinkView(std::span<const TreeFacts* const> layers, const PathKey& key,
           uint64_t max_looked_up = kMaxLookedUp)
      : layers_(layers), key_(key), left_(max_looked_up) {}

  Led follow(std::string_view path);
  // The same for a hard link of a layer: what its target was when the layer was put on top.
  Led follow_below(std::string_view path, int32_t layer);
  // Whether a layer above this one hides what it has at the path.
  bool is_hidden(std::string_view path, int32_t layer) const;
  size_t layers() const { return layers_.size(); }
  const TreeFacts& layer(int32_t number) const { return *layers_[static_cast<size_t>(number)]; }
  bool has(std::string_view path, int32_t layer) const;

 private:
  Led follow_in(std::string_view path, int32_t below);
  const std::string* link_at(std::string_view path, int32_t below, int32_t& layer) const;
  void find(Led& led, int32_t below);
  bool spend(size_t path_bytes, size_t lookups);

  std::span<const TreeFacts* const> layers_;
  const PathKey& key_;
  uint64_t left_;  // of what may be looked up
};

}  // namespace bulkhead::scan
