// SPDX-License-Identifier: Apache-2.0
// The version of this program.
#pragma once

#include <string_view>

namespace bulkhead::cli {
inline constexpr std::string_view kVersion = BULKHEAD_VERSION;
}
