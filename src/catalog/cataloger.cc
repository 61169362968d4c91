// SPDX-License-Identifier: Apache-2.0
// What catalogers share: finding one by name, the join that just takes packages.
#include "catalog/cataloger.h"

#include <algorithm>

namespace bulkhead::catalog {

const Cataloger* find_cataloger(std::string_view name) {
  auto all = all_catalogers();
  auto at = std::find_if(all.begin(), all.end(),
                         [&](const Cataloger* cataloger) { return cataloger->name == name; });
  return at == all.end() ? nullptr : *at;
}

void take_packages(std::span<const Placed> files, Catalog& out) {
  for (const Placed& file : files) {
    for (const model::Package& package : file.facts->packages) {
      model::Package& taken = out.packages.emplace_back(package);
      if (taken.locations.empty()) taken.locations.push_back({file.facts->path, 0, file.layer});
      for (model::Location& location : taken.locations) {
        if (location.layer < 0) location.layer = file.layer;
      }
    }
  }
}

}  // namespace bulkhead::catalog
