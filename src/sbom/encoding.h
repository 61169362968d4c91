// SPDX-License-Identifier: Apache-2.0
// UTF-16 documents: some SPDX tools on Windows write them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace bulkhead::sbom {

// UTF-8 text of a document that begins with a UTF-16 byte order mark, nullopt for all others.
// Unpaired surrogates become U+FFFD. The encoding that an XML declaration names is put right.
std::optional<std::string> decode_utf16(std::string_view bytes);

}  // namespace bulkhead::sbom
