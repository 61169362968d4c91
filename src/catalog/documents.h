// SPDX-License-Identifier: Apache-2.0
// Opening whole TOML and JSON files for catalogers: a malformed one becomes a diagnostic.
#pragma once

#include <optional>
#include <string_view>

#include "base/json.h"
#include "base/node.h"
#include "catalog/cataloger.h"

namespace bulkhead::catalog {

// The root table; nullopt, with a diagnostic of the given kind, when it cannot be read.
std::optional<base::Node> open_toml(const File& file, std::string_view kind,
                                    base::Diagnostics& diagnostics);
// The root object; of repeated keys the last counts.
std::optional<base::json::Document> open_json(const File& file, std::string_view kind,
                                              base::Diagnostics& diagnostics);

}  // namespace bulkhead::catalog
