// SPDX-License-Identifier: Apache-2.0
// How a verdict says that a rule gave no answer: by a reason of a rule of this name.
#pragma once

#include <string_view>

namespace bulkhead::model {

inline constexpr std::string_view kPolicyError = "policy-error";
// And that VEX statements of the policy disagree about a finding, which stays open.
inline constexpr std::string_view kVexConflict = "vex-conflict";

}  // namespace bulkhead::model
