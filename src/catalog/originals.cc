// SPDX-License-Identifier: Apache-2.0
// Digests cut to 62 bits and a kind, sorted arrays: crafted paths cost nothing extra.
#include "catalog/originals.h"

#include <algorithm>

#include "base/text.h"
#include "crypto/digest.h"

namespace bulkhead::catalog {
namespace {

constexpr std::array<std::pair<crypto::Algorithm, size_t>, 3> kKinds = {{
    {crypto::Algorithm::kMd5, 16},
    {crypto::Algorithm::kSha1, 20},
    {crypto::Algorithm::kSha256, 32},
}};
constexpr uint64_t kKindBits = 3;

// The first bytes of a digest, with its kind in the lowest bits.
uint64_t cut(DigestKind kind, base::ByteView digest) {
  uint64_t value = 0;
  for (std::byte b : digest.first(sizeof(value))) value = value << 8 | static_cast<uint8_t>(b);
  return (value & ~kKindBits) | static_cast<uint64_t>(kind);
}

}  // namespace

Fingerprint fingerprint(base::ByteView bytes) {
  Fingerprint out{};
  for (size_t kind = 0; kind < kKinds.size(); ++kind) {
    out[kind] = cut(static_cast<DigestKind>(kind), crypto::digest(kKinds[kind].first, bytes));
  }
  return out;
}

bool may_be_shipped(std::string_view path) {
  if (path.starts_with("usr/")) return !path.starts_with("usr/local/");
  return path.starts_with("bin/") || path.starts_with("sbin/") || path.starts_with("lib") ||
         path.starts_with("opt/");
}

uint64_t path_key(std::string_view path) {
  if (path.starts_with('/')) path.remove_prefix(1);
  if (path.starts_with("usr/")) {
    std::string_view rest = path.substr(4);
    if (rest.starts_with("bin/") || rest.starts_with("sbin/") || rest.starts_with("lib")) {
      path = rest;
    }
  }
  // FNV-1a: it stands in the layer cache, so it must be the same in every build.
  uint64_t hash = 0xcbf29ce484222325;
  for (char c : path) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001b3;
  return hash;
}

void add_shipped(std::string_view path, DigestKind kind, base::ByteView digest,
                 std::vector<ShippedFile>& out) {
  if (digest.size() != kKinds[static_cast<size_t>(kind)].second) return;
  out.push_back({path_key(path), cut(kind, digest)});
}

void add_shipped_hex(std::string_view path, DigestKind kind, std::string_view hex,
                     std::vector<ShippedFile>& out) {
  if (auto digest = base::from_hex(hex)) add_shipped(path, kind, *digest, out);
}

void Originals::add(std::string_view path, const Fingerprint& content) {
  if (content != Fingerprint{}) entries_.push_back({path_key(path), content});
}

void Originals::seal() {
  std::sort(entries_.begin(), entries_.end(),
            [](const Entry& a, const Entry& b) { return a.path < b.path; });
}

void Originals::compare(const ShippedFile& shipped) {
  auto at = std::lower_bound(entries_.begin(), entries_.end(), shipped.path,
                             [](const Entry& entry, uint64_t path) { return entry.path < path; });
  size_t kind = shipped.digest & kKindBits;
  if (kind >= kKinds.size()) return;
  for (; at != entries_.end() && at->path == shipped.path; ++at) {
    bool same = at->content[kind] == shipped.digest;
    at->state = std::max(at->state, same ? State::kOriginal : State::kChanged);
  }
}

Originals::State Originals::state(std::string_view path) const {
  uint64_t key = path_key(path);
  auto at = std::lower_bound(entries_.begin(), entries_.end(), key,
                             [](const Entry& entry, uint64_t k) { return entry.path < k; });
  return at == entries_.end() || at->path != key ? State::kUnknown : at->state;
}

}  // namespace bulkhead::catalog
