// SPDX-License-Identifier: Apache-2.0
// Files as Conftest hands them to rules.
#pragma once

#include <string>
#include <vector>

#include "decide/foreign/inputs.h"

namespace bulkhead::decide {

struct ConftestInput {
  std::string path;
  std::string place;  // path and line
  std::string json;   // what `input` is
};

// One entry a document; a list at the top of a file gives one entry an element, a Dockerfile the
// list of its commands. Files whose shape cannot be made are named in `failed`.
std::vector<ConftestInput> conftest_inputs(base::json::Value input,
                                           std::vector<std::string>& failed);
// All of them as one: [{path, contents}].
std::string combined(const std::vector<ConftestInput>& inputs);

}  // namespace bulkhead::decide
