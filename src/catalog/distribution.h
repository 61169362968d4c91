// SPDX-License-Identifier: Apache-2.0
// How packages carry their distribution in purls.
#pragma once

#include <string>

#include "model/artifact.h"

namespace bulkhead::catalog {

// The purl qualifier "distro": "debian-12", "alpine-3.19.1"; the codename where there is no version
// ("debian-forky"), only the id of a rolling distribution, "" when it is unknown.
std::string distro_qualifier(const model::Distro& distro);

}  // namespace bulkhead::catalog
