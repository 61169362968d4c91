// SPDX-License-Identifier: Apache-2.0
// Fix claims in the changelogs that rpm packages carry.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::catalog::rpm {

// The CVE ids that a changelog entry claims to fix, sorted, each once. Conservative: an item ("-
// ..." with its continuation lines) that speaks of reverting, of not being affected or of not
// fixing claims nothing.
std::vector<std::string> fixed_ids(std::string_view entry);

}  // namespace bulkhead::catalog::rpm
