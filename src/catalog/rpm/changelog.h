// SPDX-License-Identifier: Apache-2.0
// The changelogs that rpm packages carry in their headers.
#pragma once

#include <vector>

#include "catalog/changelog/claims.h"
#include "catalog/rpm/header.h"

namespace bulkhead::catalog::rpm {

// What the entries of the header's changelog claim to fix, newest 2000 at most.
std::vector<changelog::Fix> changelog_fixes(const Header& header);

}  // namespace bulkhead::catalog::rpm
