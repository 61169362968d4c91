// SPDX-License-Identifier: Apache-2.0
// Judging by a pack of rules in our own form: its sets deny and warn.
#pragma once

#include <set>
#include <string>

#include "base/clock.h"
#include "decide/answers.h"
#include "policy/engine.h"

namespace bulkhead::decide {

using RuleIds = std::set<std::string, std::less<>>;

// What rules are asked about, and by whom.
struct Asking {
  const policy::Document& document;
  policy::Evaluator& evaluator;
  base::UnixTime at = 0;
  uint64_t max_answer_bytes = 0;
};

// Of the pack that `answers` has begun with; what its inactive rules say does not count.
void judge_pack(const Asking& asking, const RuleIds& inactive, Answers& answers);

}  // namespace bulkhead::decide
