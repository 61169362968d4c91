// SPDX-License-Identifier: Apache-2.0
// The files in which a distribution says what it is: os-release(5) and its many ancestors.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/artifact.h"

namespace bulkhead::catalog {

// KEY=value lines with the quoting of os-release(5): a subset of shell. Lines that are not such an
// assignment are skipped; values are cut at 256 bytes and made printable.
std::vector<std::pair<std::string, std::string>> parse_assignments(std::string_view text);

// From the assignments of os-release (or lsb-release): id, version, codename, name, like, variant
// and point release. Unknown (no id) when neither ID nor a name that we know is there.
model::Distro distro_from_assignments(
    const std::vector<std::pair<std::string, std::string>>& assignments);

// From a one-line release file: "CentOS Linux release 7.9.2009 (Core)", "VMware Photon OS 4.0".
model::Distro distro_from_sentence(std::string_view sentence);

}  // namespace bulkhead::catalog
