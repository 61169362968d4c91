// SPDX-License-Identifier: Apache-2.0
// What the imports of a module call packages and rules of `data`.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "policy/rego/lexer.h"

namespace bulkhead::policy::rego {

// Alias -> reference ("pack" -> "data.bulkhead.house"), for those aliases that the module uses as
// the start of longer references only: everywhere else the name could be a variable of its own.
// Names point into the lexed text; comments are not among the tokens.
std::map<std::string_view, std::string> import_aliases(std::span<const Token> tokens);

}  // namespace bulkhead::policy::rego
