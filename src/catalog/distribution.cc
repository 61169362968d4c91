// SPDX-License-Identifier: Apache-2.0
// The distro qualifier, in the form that other scanners write too.
#include "catalog/distribution.h"

namespace bulkhead::catalog {

std::string distro_qualifier(const model::Distro& distro) {
  if (!distro.known()) return "";
  const std::string& release = distro.version.empty() ? distro.codename : distro.version;
  return release.empty() ? distro.id : distro.id + "-" + release;
}

void put_into_distribution(const model::Distro& distro, std::string_view name_space,
                           std::span<model::Package> packages) {
  std::string qualifier = distro_qualifier(distro);
  for (model::Package& package : packages) {
    package.name_space = name_space;
    if (!qualifier.empty()) package.qualifiers["distro"] = qualifier;
  }
}

}  // namespace bulkhead::catalog
