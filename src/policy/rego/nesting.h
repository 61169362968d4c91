// SPDX-License-Identifier: Apache-2.0
// Bounds how deeply the terms of a module nest, before it is parsed: brackets inside of brackets,
// and operators in a row, each of which is a level of the tree that the parser builds.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "policy/problem.h"
#include "policy/rego/lexer.h"

namespace bulkhead::policy::rego {

constexpr uint32_t kMaxChain = 500;  // operators, dots and keys of one expression

// The first place that nests deeper than max_depth or chains more than kMaxChain operators.
std::optional<Problem> check_nesting(std::string_view path, std::span<const Token> tokens,
                                     uint32_t max_depth);

}  // namespace bulkhead::policy::rego
