// SPDX-License-Identifier: Apache-2.0
// How a verdict says that a rule gave no answer: by a reason of a rule of this name.
#pragma once

#include <string_view>

namespace bulkhead::model {

inline constexpr std::string_view kPolicyError = "policy-error";

}  // namespace bulkhead::model
