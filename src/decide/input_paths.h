// SPDX-License-Identifier: Apache-2.0
// Paths of `input` in a Rego module, held against the schema of the document.
#pragma once

#include <string_view>
#include <vector>

#include "base/json.h"
#include "decide/policy_check.h"
#include "policy/rego/lexer.h"

namespace bulkhead::decide {

// A remark for every member that the schema excludes: input.image.confg, and finding.severty where
// the same rule has `some finding in input.findings` or `finding := input.findings[_]`.
void check_input_paths(std::string_view path, const std::vector<policy::rego::Token>& tokens,
                       const base::json::Value& schema, std::vector<Remark>& remarks);

}  // namespace bulkhead::decide
