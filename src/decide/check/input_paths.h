// SPDX-License-Identifier: Apache-2.0
// Paths of `input` and `data` in a Rego module, held against the schemas of what they hold.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "decide/check/policy_check.h"
#include "policy/rego/lexer.h"

namespace bulkhead::decide {

// Terms whose schema is known, by their names: "input", "data", and rules that stand for a part of
// these (parameter := data.parameters.house).
using KnownTerms = std::map<std::string, base::json::Value, std::less<>>;

// Adds the rules of a module that stand for a part of a known term.
void add_rule_terms(const std::vector<policy::rego::Token>& tokens, KnownTerms& terms);

// A remark for every member that the schemas exclude: input.image.confg, and finding.severty where
// the same rule has `some finding in input.findings` or `finding := input.findings[_]`. Schemas of
// data have the title "data".
void check_paths(std::string_view path, const std::vector<policy::rego::Token>& tokens,
                 const KnownTerms& terms, std::vector<Remark>& remarks);

// Follows "image.config" from the root of a schema: what is wrong with the path, "" nothing.
std::string unknown_member(const base::json::Value& schema, std::string_view path);

}  // namespace bulkhead::decide
