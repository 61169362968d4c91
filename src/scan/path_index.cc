// SPDX-License-Identifier: Apache-2.0
// SipHash-1-3 (Aumasson and Bernstein, 2012; one compression round, three finalisation rounds) and
// a sorted array.
#include "scan/path_index.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace bulkhead::scan {
namespace {

using SipState = std::array<uint64_t, 4>;

void sip_round(SipState& s) {
  auto& [v0, v1, v2, v3] = s;
  v0 += v1;
  v1 = std::rotl(v1, 13) ^ v0;
  v0 = std::rotl(v0, 32);
  v2 += v3;
  v3 = std::rotl(v3, 16) ^ v2;
  v0 += v3;
  v3 = std::rotl(v3, 21) ^ v0;
  v2 += v1;
  v1 = std::rotl(v1, 17) ^ v2;
  v2 = std::rotl(v2, 32);
}

void sip_word(SipState& s, uint64_t m) {
  s[3] ^= m;
  sip_round(s);
  s[0] ^= m;
}

}  // namespace

uint64_t hash_path(const PathKey& key, std::string_view path) {
  return PrefixHasher(key).hash(path, path.size());
}

PrefixHasher::PrefixHasher(const PathKey& key)
    : state_{key[0] ^ 0x736f6d6570736575, key[1] ^ 0x646f72616e646f6d, key[0] ^ 0x6c7967656e657261,
             key[1] ^ 0x7465646279746573} {}

uint64_t PrefixHasher::hash(std::string_view path, size_t size) {
  for (; size - done_ >= 8; done_ += 8) {
    uint64_t m = 0;
    std::memcpy(&m, path.data() + done_, 8);
    sip_word(state_, m);
  }
  uint64_t tail = 0;
  if (size > done_) std::memcpy(&tail, path.data() + done_, size - done_);
  SipState s = state_;
  sip_word(s, static_cast<uint64_t>(size) << 56 | tail);
  s[2] ^= 0xff;
  for (int i = 0; i < 3; ++i) sip_round(s);
  return s[0] ^ s[1] ^ s[2] ^ s[3];
}

void PathIndex::seal() {
  std::sort(owned_.begin(), owned_.end());
  // Equal hashes: the non-directory (low bit 0) sorts first and is the one that stays.
  auto end = std::unique(owned_.begin(), owned_.end(),
                         [](uint64_t a, uint64_t b) { return (a | 1) == (b | 1); });
  owned_.erase(end, owned_.end());
  view_ = owned_;
}

PathIndex::Has PathIndex::find(uint64_t hash) const {
  auto at = std::lower_bound(view_.begin(), view_.end(), hash & ~1ull);
  if (at == view_.end() || (*at | 1) != (hash | 1)) return Has::kNothing;
  return (*at & 1) != 0 ? Has::kDirectory : Has::kOther;
}

}  // namespace bulkhead::scan
