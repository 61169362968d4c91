// SPDX-License-Identifier: Apache-2.0
// The "format" keyword of JSON Schema.
#pragma once

#include <string_view>

namespace bulkhead::base::json {

// Whether a text is of the format; formats that are not known accept everything.
bool matches_format(std::string_view format, std::string_view text);

}  // namespace bulkhead::base::json
