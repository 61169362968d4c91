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

// Hashes of a path and of the directories above it, each going on where the one before ended: of a
// path of a thousand directories, hashing each from its start would be a thousand times the work.
class PrefixHasher {
 public:
  explicit PrefixHasher(const PathKey& key);
  // hash_path() of the first `size` bytes. Sizes must not shrink, nor what was hashed change.
  uint64_t hash(std::string_view path, size_t size);

 private:
  std::array<uint64_t, 4> state_;
  size_t done_ = 0;  // bytes that are in the state
};

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
