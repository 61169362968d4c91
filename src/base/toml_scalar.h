// SPDX-License-Identifier: Apache-2.0
// Which words TOML 1.0 accepts as a value without quotes. Private to toml.cc.
#pragma once

#include <string_view>

namespace bulkhead::base {

// An integer, float, boolean, date, time or date-time.
bool is_toml_plain_value(std::string_view word);
// "1979-05-27": what a space and a time may follow.
bool is_toml_date(std::string_view word);

}  // namespace bulkhead::base
