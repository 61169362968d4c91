// SPDX-License-Identifier: Apache-2.0
// How a verdict says that no rule could be asked: by a reason of a rule of this name. Without one,
// "allow" means that rules were asked.
#pragma once

#include <algorithm>
#include <string_view>

#include "model/verdict.h"

namespace bulkhead::model {

inline constexpr std::string_view kNothingJudged = "nothing-judged";

// That reason; null when something was judged.
inline const Reason* nothing_judged(const Verdict& verdict) {
  auto at = std::find_if(verdict.reasons.begin(), verdict.reasons.end(),
                         [](const Reason& reason) { return reason.rule == kNothingJudged; });
  return at == verdict.reasons.end() ? nullptr : &*at;
}

}  // namespace bulkhead::model
