// SPDX-License-Identifier: Apache-2.0
// The order that Python's packaging tools used before PEP 440, still needed for old versions that
// do not parse. Never "valid"; kept so that such versions stand in a stable place.
#pragma once

#include <compare>
#include <string_view>

namespace bulkhead::version {

std::strong_ordering compare_pep440_legacy(std::string_view a, std::string_view b);

}  // namespace bulkhead::version
