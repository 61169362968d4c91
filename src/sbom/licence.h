// SPDX-License-Identifier: Apache-2.0
// SPDX licence expressions (SPDX 2.3, annex D).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace bulkhead::sbom {

// The identifier of the SPDX list in its own spelling, "" when it is not on the list.
std::string_view listed_licence(std::string_view id);

// The expression in one form for everything that means the same: identifiers in the spelling of the
// list, operands sorted, no needless parentheses. nullopt when it is no valid expression or names a
// licence that is neither on the list nor a LicenseRef.
std::optional<std::string> canonical_licence(std::string_view expression);

// "LicenseRef-..." for any text: characters that a LicenseRef cannot hold become '-', and a digest
// of the text keeps different texts apart.
std::string licence_ref(std::string_view text);

}  // namespace bulkhead::sbom
