// SPDX-License-Identifier: Apache-2.0
// One pass over one layer: hashing, inflating, walking the tar and cataloguing, all at once and
// once only.
#pragma once

#include <functional>
#include <string>

#include "archive/tar.h"
#include "base/result.h"
#include "oci/transport.h"
#include "scan/facts.h"

namespace bulkhead::scan {

struct LayerJob {
  std::string digest;   // expected digest of the stored bytes; "" when it is not known
  std::string diff_id;  // expected digest of the tar
  uint64_t size = 0;    // expected stored size; 0 unknown
  catalog::TreeKind kind = catalog::TreeKind::kInstalled;
  std::function<void(uint64_t bytes)> progress;  // stored bytes read so far
};

// Opens the layer's bytes; called again when hard links need a second look.
using OpenLayer = std::function<base::Result<std::unique_ptr<base::Source>>()>;

// The content of a tar reader's current entry.
class EntrySource final : public base::Source {
 public:
  explicit EntrySource(archive::TarReader& tar) : tar_(tar) {}
  base::Result<size_t> read(std::span<std::byte> out) override { return tar_.read(out); }

 private:
  archive::TarReader& tar_;
};

// Runs `walk`, which must read to the end, over the layer's tar and checks both digests after it.
// kCorrupt names the digest that does not match: nothing that was read counts then.
using WalkLayer = std::function<base::Status(archive::TarReader& tar)>;
base::Status verified_pass(const LayerJob& job, const OpenLayer& open, const WalkLayer& walk);

// Reads and verifies the layer. kCorrupt names the digest that does not match or the entry that is
// broken; kLimit when the layer has more entries than TarLimits allow. Nothing is kept of a layer
// that fails.
base::Result<TreeFacts> read_layer(const LayerJob& job, const OpenLayer& open, const PathKey& key,
                                   Spill& spill);

}  // namespace bulkhead::scan
