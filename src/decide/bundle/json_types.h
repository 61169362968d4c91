// SPDX-License-Identifier: Apache-2.0
// The types of JSON values in the words that pack.yaml's shapes and our errors have for them.
#pragma once

#include <string_view>

#include "base/json.h"

namespace bulkhead::decide {

// "text", "list", "mapping", "flag", "number" or "null".
std::string_view json_type(const base::json::Value& value);
// With an article and how it is written: "a list ([...])".
std::string_view json_type_words(std::string_view type);

}  // namespace bulkhead::decide
