// SPDX-License-Identifier: Apache-2.0
// The layer cache: facts of layers already read, keyed by diff-id and by everything that decides
// what the facts are (cataloger names and versions, format, kind of tree).
// docs/formats/layer-cache.md
//
// Also which stored blobs were verified, so that a local blob that is the same file as before
// (device, inode, size, both times) need not be hashed again.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/fs.h"
#include "base/result.h"
#include "oci/transport.h"
#include "scan/facts.h"

namespace bulkhead::scan {

// Named byte strings that survive the process. Names are [a-z0-9.-]+.
class Store {
 public:
  virtual ~Store() = default;
  virtual std::optional<base::Mapping> get(const std::string& name) = 0;  // nullopt: not there
  virtual base::Status put(const std::string& name, std::string_view bytes) = 0;
};

// Facts of a cached layer. The index points into the mapping, so both travel together.
struct CachedFacts {
  base::Mapping mapping;
  TreeFacts facts;
};

class LayerCache {
 public:
  // store may be null: nothing is ever found and nothing kept. The path key is made at first use
  // and kept in the store, because indexes of different runs must agree.
  LayerCache(Store* store, catalog::TreeKind kind);

  const PathKey& key() const { return key_; }
  // Damaged or foreign entries count as absent.
  std::optional<CachedFacts> find(std::string_view diff_id);
  void keep(std::string_view diff_id, const TreeFacts& facts);

  // Whether this blob, with this digest and this diff-id, was verified as exactly this file.
  bool verified(std::string_view digest, std::string_view diff_id, const oci::FileIdentity& file);
  // Whether the blob of this digest was once seen to hold the layer of this diff-id, in any file or
  // on its way from a registry. The digest is taken from a verified manifest, so that is for ever;
  // but a config can name the diff-id of another, harmless layer.
  bool verified(std::string_view digest, std::string_view diff_id);
  void set_verified(std::string_view digest, std::string_view diff_id,
                    const oci::FileIdentity& file);

 private:
  std::string facts_name(std::string_view diff_id) const;
  std::string verified_records(std::string_view digest) const;  // a line each

  Store* store_;
  std::string fingerprint_;
  PathKey key_{};
};

// Appends the byte form of TreeFacts (without checksum) to what is a multiple of eight bytes.
void encode_tree(const TreeFacts& facts, std::string& out);
// kCorrupt when malformed. The index of the result points into bytes.
base::Result<TreeFacts> decode_tree(base::ByteView bytes);

}  // namespace bulkhead::scan
