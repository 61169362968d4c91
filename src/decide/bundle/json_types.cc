// SPDX-License-Identifier: Apache-2.0
// How errors about lists and parameters call what they found.
#include "decide/bundle/json_types.h"

namespace bulkhead::decide {

std::string_view json_type(const base::json::Value& value) {
  if (value.is_string()) return "text";
  if (value.is_array()) return "list";
  if (value.is_object()) return "mapping";
  if (value.boolean()) return "flag";
  return value.number() ? "number" : "null";
}

std::string_view json_type_words(std::string_view type) {
  if (type == "text") return "a text";
  if (type == "list") return "a list ([...])";
  if (type == "mapping") return "a mapping ({...})";
  if (type == "flag") return "true or false";
  return type == "number" ? "a number (without quotes)" : "nothing";
}

}  // namespace bulkhead::decide
