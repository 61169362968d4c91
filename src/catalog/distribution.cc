// SPDX-License-Identifier: Apache-2.0
// The distro qualifier, in the form that other scanners write too.
#include "catalog/distribution.h"

namespace bulkhead::catalog {

std::string distro_qualifier(const model::Distro& distro) {
  if (!distro.known()) return "";
  const std::string& release = distro.version.empty() ? distro.codename : distro.version;
  return release.empty() ? distro.id : distro.id + "-" + release;
}

}  // namespace bulkhead::catalog
