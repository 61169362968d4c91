// SPDX-License-Identifier: Apache-2.0
// The second pass over those layers that have what links lead to (plan.h). What it reads
// stands under the links' names.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "scan/layer_pass.h"
#include "scan/links/plan.h"

namespace bulkhead::scan {

class LinkReader {
 public:
  // Passes over one layer: hard links to hard links of the same layer need more than one.
  static constexpr int kMaxPasses = 4;

  LinkReader(LinkView& view, LinkPlan& plan, const PathKey& key, Spill& spill)
      : view_(view), plan_(plan), facts_(catalog::TreeKind::kInstalled, key, spill) {}

  // Reads what the plan has for the layer, and adds to the plan of this layer and of lower ones.
  // Layers are to be read from the highest down. After an error nothing that was read counts.
  base::Status read(int32_t layer, const LayerJob& job, const OpenLayer& open);
  // What was read. To be called once.
  TreeFacts finish() { return facts_.finish(); }
  // The layer from which on the image has what was read under this name.
  int32_t layer_of(std::string_view name) const;

 private:
  struct Pass;

  base::Status walk(Pass& pass, archive::TarReader& tar);
  base::Status file(Pass& pass, archive::TarReader& tar, std::vector<LinkRead> reads);
  base::Status offer(const Pass& pass, const LinkRead& read, const archive::TarEntry& entry,
                     base::Source& content);

  LinkView& view_;
  LinkPlan& plan_;
  FactCollector facts_;
  std::map<std::string, int32_t, std::less<>> layers_;
};

}  // namespace bulkhead::scan
