// SPDX-License-Identifier: Apache-2.0
// String templates: $"text {term} text" or $`text {term} text`.
#pragma once

#include <string>

#include "base/result.h"
#include "policy/rego/lexer.h"

namespace bulkhead::policy::rego {

// The call of internal.template_string that a template stands for, on the same lines: an array of
// texts and of sets, each with the value of a term, or empty where the term is undefined.
base::Result<std::string> template_call(const Token& token);

}  // namespace bulkhead::policy::rego
