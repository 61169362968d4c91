// SPDX-License-Identifier: Apache-2.0
// Reachability over a lock file's graph: each package carries a set of four bits (reached for
// production or development, with or without an optional step), and bits only ever grow, so the
// walk ends after at most four visits of every edge.
#include "catalog/lock_graph.h"

#include <algorithm>

namespace bulkhead::catalog {
namespace {

constexpr uint8_t kProd = 1;
constexpr uint8_t kProdOptional = 2;
constexpr uint8_t kDev = 4;
constexpr uint8_t kDevOptional = 8;

// The bits behind an optional step.
constexpr uint8_t weaken(uint8_t bits) {
  uint8_t out = 0;
  if (bits & (kProd | kProdOptional)) out |= kProdOptional;
  if (bits & (kDev | kDevOptional)) out |= kDevOptional;
  return out;
}

}  // namespace

void LockGraph::root(uint32_t package, bool dev, bool optional) {
  direct_[package] = true;
  uint8_t bits = dev ? kDev : kProd;
  queue_.emplace_back(package, optional ? weaken(bits) : bits);
}

void LockGraph::spread() {
  while (!queue_.empty()) {
    auto [package, bits] = queue_.back();
    queue_.pop_back();
    uint8_t fresh = bits & static_cast<uint8_t>(~reach_[package]);
    if (fresh == 0) continue;
    reach_[package] |= fresh;
    for (const Edge& edge : edges_[package]) {
      queue_.emplace_back(edge.to, edge.optional ? weaken(fresh) : fresh);
    }
  }
}

void LockGraph::apply(std::vector<model::Package>& packages, bool flags) {
  spread();
  for (size_t i = 0; i < packages.size(); ++i) {
    model::Package& package = packages[i];
    if (package.relation == model::Relation::kRoot) continue;
    package.relation = direct_[i] ? model::Relation::kDirect : model::Relation::kIndirect;
    if (!flags) continue;
    package.dev = reach_[i] != 0 && (reach_[i] & (kProd | kProdOptional)) == 0;
    package.optional = reach_[i] != 0 && (reach_[i] & (kProd | kDev)) == 0;
  }
}

void tidy_dependencies(std::vector<std::string>& depends_on) {
  std::sort(depends_on.begin(), depends_on.end());
  depends_on.erase(std::unique(depends_on.begin(), depends_on.end()), depends_on.end());
}

}  // namespace bulkhead::catalog
