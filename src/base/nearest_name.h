// SPDX-License-Identifier: Apache-2.0
// What a misspelt name was probably meant to be.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::base {

// The known name that a misspelt one is near to, "" when none is. One that differs in the case of
// its letters alone is nearest.
std::string nearest_name(std::string_view name, const std::vector<std::string>& known);
// A name that is none of those known, and what may have been meant: `"Debain"; did you mean
// Debian?` or `"x"; there are a, b`.
std::string unknown_name(std::string_view name, const std::vector<std::string>& known);

}  // namespace bulkhead::base
