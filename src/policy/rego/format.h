// SPDX-License-Identifier: Apache-2.0
// Formatting of Rego: tabs by bracket, one space where tokens need one, at most one blank line.
//
// The layout of lines is the author's; only what stands between tokens is changed, which is
// checked: the tokens of the answer are those of the text. Formatting twice changes nothing more.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace bulkhead::policy::rego {

// kInvalid names the place of what is no Rego token.
base::Result<std::string> format(std::string_view path, std::string_view text);

}  // namespace bulkhead::policy::rego
