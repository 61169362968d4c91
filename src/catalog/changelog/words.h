// SPDX-License-Identifier: Apache-2.0
// What words say about the changelog item they stand in.
#pragma once

#include <cstdint>
#include <string_view>

namespace bulkhead::catalog::changelog {

enum Words : uint8_t {
  kUndo = 1,       // takes a fix back
  kSilent = 2,     // speaks about something else than fixing
  kFixing = 4,     // speaks of fixing
  kRemove = 8,     // of taking something out
  kUpstream = 16,  // upstream has it
};

// The bits of the longest word that begins at `at` of a text in lower case.
uint8_t words_at(std::string_view text, size_t at);
// Of all words in it.
uint8_t words_in(std::string_view text);

}  // namespace bulkhead::catalog::changelog
