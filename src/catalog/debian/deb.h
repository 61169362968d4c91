// SPDX-License-Identifier: Apache-2.0
// Packages out of dpkg-like stanzas, shared by the databases that have them.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/diagnostics.h"
#include "catalog/debian/control.h"
#include "model/artifact.h"
#include "model/package.h"

namespace bulkhead::catalog::debian {

// Appends the package of a stanza if its files are on the disk: installed, whatever is wanted of it
// (hold, deinstall), also while triggers or configuration are pending. A stanza without Status (of
// distroless images) is installed. Records without name or version are diagnostics.
void read_package(const Stanza& stanza, std::string_view path, std::vector<model::Package>& out,
                  base::Diagnostics& diagnostics);

// Gives deb packages the namespace and the distro qualifier ("debian-12"). Without a known
// distribution the maintainers decide between ubuntu and debian.
void name_distribution(const model::Distro& distro, std::span<model::Package> packages);

}  // namespace bulkhead::catalog::debian
