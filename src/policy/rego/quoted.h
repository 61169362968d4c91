// SPDX-License-Identifier: Apache-2.0
// Where quoted parts of Rego end: strings, raw strings and templates, whose terms may hold strings
// and templates again.
#pragma once

#include <cstddef>
#include <string_view>

namespace bulkhead::policy::rego {

constexpr unsigned kMaxTemplateDepth = 8;  // templates inside of terms of templates

// The offset behind the quote that closes the one at `open`; npos when there is none.
size_t quoted_end(std::string_view text, size_t open, bool is_template, unsigned depth = 0);
// The offset of the brace that closes the one at `open`, quoted parts skipped; npos likewise.
size_t closing_brace(std::string_view text, size_t open, unsigned depth = 0);

}  // namespace bulkhead::policy::rego
