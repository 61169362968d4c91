// SPDX-License-Identifier: Apache-2.0
// Which layer brought a package of a package database. The database is one file, written anew by
// every layer that installs something; a package came with the lowest layer from which on every
// version of the file has it.
//
// Of each version only hashes of its packages are kept.
#include <algorithm>
#include <string>

#include "catalog/run.h"

namespace bulkhead::catalog {
namespace {

uint64_t identity(const model::Package& package) {
  std::string text = package.name + '\0';
  text.append(package.version).append(1, '\0').append(package.arch);
  return std::hash<std::string>{}(text);
}

}  // namespace

void History::replaced(const Reading& reading, int32_t layer) {
  const std::vector<model::Package>& packages = reading.facts.packages;
  if (!reading.cataloger->database || packages.empty()) return;
  if (packages.size() > kMaxPackages - packages_) return;  // the layers above count as the first
  packages_ += packages.size();
  Generation generation{layer, {}};
  generation.packages.reserve(packages.size());
  for (const model::Package& package : packages) generation.packages.push_back(identity(package));
  std::sort(generation.packages.begin(), generation.packages.end());
  databases_[reading.facts.path].push_back(std::move(generation));
}

void History::attribute_layers(std::vector<model::Package>& packages) const {
  if (databases_.empty()) return;
  for (model::Package& package : packages) {
    for (model::Location& location : package.locations) {
      auto found = databases_.find(location.path);
      if (found == databases_.end()) continue;
      uint64_t who = identity(package);
      // From the newest down to the first one that lacks it.
      const std::vector<Generation>& generations = found->second;
      for (size_t i = generations.size(); i-- > 0;) {
        const std::vector<uint64_t>& has = generations[i].packages;
        if (generations[i].layer >= location.layer) continue;
        if (!std::binary_search(has.begin(), has.end(), who)) break;
        location.layer = generations[i].layer;
      }
    }
  }
}

}  // namespace bulkhead::catalog
