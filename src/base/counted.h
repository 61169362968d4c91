// SPDX-License-Identifier: Apache-2.0
// Counts in English words.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace bulkhead::base {

// "1 package", "2 packages", "0 libraries": a number and its noun. Nouns in -y become -ies unless a
// vowel stands before it ("days"); only the end is looked at, so "described rule" is one, too.
std::string counted(uint64_t count, std::string_view noun);

}  // namespace bulkhead::base
