// SPDX-License-Identifier: Apache-2.0
// Dates in header fields: "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 section 5.6.7, IMF-fixdate, the
// one form that may be sent).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace bulkhead::net {

std::optional<base::UnixTime> parse_http_date(std::string_view text);
std::string format_http_date(base::UnixTime time);

}  // namespace bulkhead::net
