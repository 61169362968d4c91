// SPDX-License-Identifier: Apache-2.0
// JSON of a YAML or TOML tree, for consumers that want JSON whatever people wrote.
#pragma once

#include <string>

#include "base/json.h"
#include "base/node.h"

namespace bulkhead::base {

enum class ScalarSchema {
  kCore,    // YAML 1.2 core schema (section 10.3): true, false, null, numbers
  kYaml11,  // what Kubernetes, OPA and Conftest read: also yes, no, on, off, y, n, 0644 as octal,
            // 0b11, 1_000; and keys without quotes alike: `on:` is "true", `0x10:` is "16"
  kToml,    // TOML 1.0: 0b11, 1_000
};

// Quoted scalars are strings. Plain ones are what the schema makes of them; integers of any size
// keep their digits; infinities and NaN, which JSON has not, stay strings.
std::string node_to_json(const Node& node, ScalarSchema schema);
void write_json(json::Writer& writer, const Node& node, ScalarSchema schema);

}  // namespace bulkhead::base
