// SPDX-License-Identifier: Apache-2.0
// Which layer brought a package of a package database. The database is one file, written anew by
// every layer that installs something; a package came with the lowest layer from which on every
// version of the file has it.
//
// Of each version only hashes of its packages are kept, and only where there is more than one.
#include <algorithm>
#include <string>
#include <unordered_map>

#include "catalog/run.h"

namespace bulkhead::catalog {
namespace {

size_t identity(const model::Package& package) {
  return std::hash<std::string>{}(package.name + '\0' + package.version + '\0' + package.arch);
}

struct Generation {
  int32_t layer;
  std::vector<size_t> packages;  // identities, sorted

  bool has(size_t who) const { return std::binary_search(packages.begin(), packages.end(), who); }
};

using Databases = std::unordered_map<std::string_view, std::vector<Generation>>;

Generation generation_of(const PlacedReading& placed) {
  Generation out{placed.layer, {}};
  for (const model::Package& package : placed.reading->facts.packages) {
    out.packages.push_back(identity(package));
  }
  std::sort(out.packages.begin(), out.packages.end());
  return out;
}

// All versions of the databases that have older ones, top layer first.
Databases versions(std::span<const PlacedReading> visible,
                   std::span<const PlacedReading> replaced) {
  Databases out;
  for (const PlacedReading& placed : replaced) {
    bool database = placed.reading->cataloger->database && !placed.reading->facts.packages.empty();
    if (database) out[placed.reading->facts.path].push_back(generation_of(placed));
  }
  for (const PlacedReading& placed : visible) {
    auto older = out.find(placed.reading->facts.path);
    if (older != out.end()) older->second.push_back(generation_of(placed));
  }
  for (auto& [path, generations] : out) {
    std::sort(generations.begin(), generations.end(),
              [](const Generation& a, const Generation& b) { return a.layer > b.layer; });
  }
  return out;
}

}  // namespace

void attribute_layers(std::span<const PlacedReading> visible,
                      std::span<const PlacedReading> replaced,
                      std::vector<model::Package>& packages) {
  Databases databases = versions(visible, replaced);
  if (databases.empty()) return;
  for (model::Package& package : packages) {
    for (model::Location& location : package.locations) {
      auto found = databases.find(location.path);
      if (found == databases.end()) continue;
      size_t who = identity(package);
      for (const Generation& generation : found->second) {
        if (generation.layer > location.layer) continue;
        if (!generation.has(who)) break;
        location.layer = generation.layer;
      }
    }
  }
}

}  // namespace bulkhead::catalog
