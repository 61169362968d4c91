// SPDX-License-Identifier: Apache-2.0
// What the readers of lock files share: a graph of locked packages, and how it is told from what
// the projects beside the lock file ask for what is direct and what is for development.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/package.h"

namespace bulkhead::catalog {

// Walks from what the projects ask for. A package is dev when only development reaches it, optional
// when every way to it has an optional step; relations follow.
class LockGraph {
 public:
  explicit LockGraph(size_t packages) : edges_(packages), reach_(packages, 0), direct_(packages) {}

  void edge(uint32_t from, uint32_t to, bool optional) { edges_[from].push_back({to, optional}); }
  void root(uint32_t package, bool dev, bool optional);
  // Sets relation, and dev and optional if flags is true, of every package that is not kRoot.
  void apply(std::vector<model::Package>& packages, bool flags);

 private:
  struct Edge {
    uint32_t to;
    bool optional;
  };
  void spread();

  std::vector<std::vector<Edge>> edges_;
  std::vector<uint8_t> reach_;  // bits: how a package is reached
  std::vector<bool> direct_;
  std::vector<std::pair<uint32_t, uint8_t>> queue_;
};

// Sorted and without repetitions.
void tidy_dependencies(std::vector<std::string>& depends_on);

}  // namespace bulkhead::catalog
