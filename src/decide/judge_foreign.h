// SPDX-License-Identifier: Apache-2.0
// Judging by content of another program: its adaptor asks, what comes back is treated like any
// reason.
#pragma once

#include "base/json.h"
#include "decide/answers.h"

namespace bulkhead::decide {

struct Subject;

// Of the pack that `answers` has begun with, which has an adaptor.
void judge_foreign(const Subject& subject, base::json::Value input, Answers& answers);

}  // namespace bulkhead::decide
