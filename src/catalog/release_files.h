// SPDX-License-Identifier: Apache-2.0
// Where files stand that tell the distribution, for those who have to ask for each of them.
#pragma once

#include <span>
#include <string_view>

namespace bulkhead::catalog {

// Paths of all files that the cataloger `distro` reads, in order of trust.
std::span<const std::string_view> release_files();

}  // namespace bulkhead::catalog
