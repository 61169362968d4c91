// SPDX-License-Identifier: Apache-2.0
// JSON Schema, draft 7: whether a document fits a schema. For checking what we ship and what we
// write (tests, data files); readers of foreign documents do not need a schema.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace bulkhead::base::json {

// Schemas that refer to each other by file name ("spdx.schema.json#/definitions/x").
class SchemaSet {
 public:
  SchemaSet();
  SchemaSet(SchemaSet&&) noexcept;
  SchemaSet& operator=(SchemaSet&&) noexcept;
  ~SchemaSet();

  // Parses a schema; later references name it so.
  Status add(std::string_view name, std::string_view text);

  // kInvalid with the place and the reason of the first thing that does not fit; kUnsupported when
  // the schema uses a keyword that is not known here or refers to a schema that was not added.
  // Formats (date-time, uri, ...) are asserted. kLimit when more than max_steps pairs of a schema
  // and a value would have to be compared: schemas that refer to themselves can ask for any number.
  Status validate(std::string_view name, Value document, size_t max_steps = SIZE_MAX) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace bulkhead::base::json
