// SPDX-License-Identifier: Apache-2.0
// Whether an entry of policy.yaml is for the subject at hand.
#pragma once

#include <string>

#include "base/json.h"
#include "decide/bundle/policy_file.h"

namespace bulkhead::decide {

struct ScopeAnswer {
  bool applies = false;
  std::string unknown;  // which fact the scope asks for that the document does not know; "" none
};

// A fact that the document does not know matches nothing, and is named.
ScopeAnswer in_scope(const Scope& scope, const base::json::Value& input);

}  // namespace bulkhead::decide
