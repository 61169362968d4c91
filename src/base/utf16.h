// SPDX-License-Identifier: Apache-2.0
// UTF-16 text: what Windows tools write, and what PowerShell makes of any output sent to a file.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace bulkhead::base {

// UTF-8 text, without the mark, of what begins with a UTF-16 byte order mark; nullopt for all
// others. Unpaired surrogates become U+FFFD, half a unit at the end is dropped.
std::optional<std::string> decode_utf16(std::string_view bytes);

}  // namespace bulkhead::base
