// SPDX-License-Identifier: Apache-2.0
// The YAML of one block of annotations, as rego.metadata.* give it.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace bulkhead::policy::rego {

struct AnnotationBlock {
  std::string scope;  // empty where the block has none
  bool entrypoint = false;
  std::string members;  // the rest as members of a JSON object, without its brackets
};

// kInvalid says what is wrong, without a place.
base::Result<AnnotationBlock> read_annotation_block(std::string_view yaml);

}  // namespace bulkhead::policy::rego
