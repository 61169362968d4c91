// SPDX-License-Identifier: Apache-2.0
// How packages carry their distribution in purls.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "model/artifact.h"
#include "model/package.h"

namespace bulkhead::catalog {

// The purl qualifier "distro": "debian-12", "alpine-3.19.1"; the codename where there is no version
// ("debian-forky"), only the id of a rolling distribution, "" when it is unknown.
std::string distro_qualifier(const model::Distro& distro);

// Gives packages of a distribution their purl namespace and the qualifier "distro".
void put_into_distribution(const model::Distro& distro, std::string_view name_space,
                           std::span<model::Package> packages);

}  // namespace bulkhead::catalog
