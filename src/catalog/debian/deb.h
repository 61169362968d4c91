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
// distroless images) is installed. Records without name or version are diagnostics. False, and a
// diagnostic, once there are kMaxPackages and this would be one more.
inline constexpr size_t kMaxPackages = 100'000;
bool read_package(const Stanza& stanza, const base::SharedText& path,
                  std::vector<model::Package>& out, base::Diagnostics& diagnostics);

// Whether a name, version or architecture can be one: a single word of at most 256 bytes.
bool is_word(std::string_view text);

// Gives deb packages the namespace and the distro qualifier ("debian-12"). Without a known
// distribution the maintainers decide between ubuntu and debian. A package that says it is Ubuntu's
// stays so on a Debian, without the qualifier: Debian's advisories do not speak about it.
void name_distribution(const model::Distro& distro, std::span<model::Package> packages);

}  // namespace bulkhead::catalog::debian
