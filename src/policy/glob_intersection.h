// SPDX-License-Identifier: Apache-2.0
// Whether two globs have a common match, as OPA's regex.globs_match decides it. The globs are small
// regular expressions: `.` any character, [a-z] one of a set, behind either or a character `*` or
// `+`; \x is x itself.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/result.h"

namespace bulkhead::policy {

constexpr size_t kMaxGlobWork = 4'000'000;  // characters and ranges of one times parts of the other

// kInvalid: a glob that is none; kLimit: globs that are too long together. Time and memory grow
// with the product of their lengths, whatever they hold.
base::Result<bool> globs_intersect(std::string_view left, std::string_view right);

}  // namespace bulkhead::policy
