// SPDX-License-Identifier: Apache-2.0
// A Dockerfile as JSON: the document of input.files[] of kind "dockerfile"
// (docs/formats/policy-files.md says what its members are), and back.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "posture/dockerfile.h"

namespace bulkhead::posture {

// The .dockerignore that belongs to a Dockerfile.
struct Dockerignore {
  bool present = false;
  std::vector<std::string> patterns;
};
Dockerignore parse_dockerignore(std::string_view text);

// One line of JSON. No dockerignore: nobody looked for one.
std::string dockerfile_document(const Dockerfile& file,
                                const std::optional<Dockerignore>& dockerignore);

// The Dockerfile that a document was made of, with its lines: what adaptors make the shapes of
// other programs from. Comments and instructions come back; what the reader skipped does not.
// kInvalid when the document is not of this shape.
base::Result<Dockerfile> dockerfile_of_document(base::json::Value document,
                                                const base::Limits& limits);

}  // namespace bulkhead::posture
