// SPDX-License-Identifier: Apache-2.0
// PathIndex: does a layer have an entry at this path, and is it a directory? Eight bytes an entry,
// so that a layer of five million files costs 40 MB and not the half gigabyte its names would.
//
// Paths are hashed with SipHash-1-3 under a secret key: whoever makes an image cannot construct two
// paths that collide and so hide a file of a lower layer from the scan.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace bulkhead::scan {

using PathKey = std::array<uint64_t, 2>;

uint64_t hash_path(const PathKey& key, std::string_view path);

class PathIndex {
 public:
  enum class Has { kNothing, kDirectory, kOther };

  void add(uint64_t hash, bool directory) { owned_.push_back((hash & ~1ull) | directory); }
  // Sorts; afterwards find() may be called and add() may not. A path that was both a directory and
  // something else counts as the latter, which hides more.
  void seal();
  // Uses entries that lie elsewhere (a mapped cache file), already sealed. They must outlive this.
  void borrow(std::span<const uint64_t> sealed) { view_ = sealed; }

  Has find(uint64_t hash) const;
  std::span<const uint64_t> entries() const { return view_; }

 private:
  std::vector<uint64_t> owned_;
  std::span<const uint64_t> view_;
};

}  // namespace bulkhead::scan
