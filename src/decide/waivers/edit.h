// SPDX-License-Identifier: Apache-2.0
// Adding a waiver to a file that people keep by hand: nothing of theirs is moved or rewritten.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "decide/waivers/waivers.h"

namespace bulkhead::decide {

// The file's text with the waiver as the last entry of its list; a file that is empty, or has no
// list yet, gets one. The result was read again: it holds the waivers that were there, and the new
// one. kInvalid when the text is no YAML ignore file, when its list is written in one line, or when
// an entry of the same id, purls and paths is in force already.
base::Result<std::string> add_waiver(std::string_view name, std::string_view text,
                                     const Waiver& waiver, base::UnixTime now);

// "W-3f2a91c0": a name made of what is waived, and until when.
std::string waiver_name(const Waiver& waiver);

}  // namespace bulkhead::decide
