// SPDX-License-Identifier: Apache-2.0
// What a judgement asked. Rules that miss their facts are left out; when that leaves none, "allow"
// must not pass for a judgement.
#pragma once

#include <cstddef>
#include <set>
#include <string>

#include "model/verdict.h"

namespace bulkhead::decide {

struct Asked {
  size_t rules = 0;             // that were asked
  size_t inactive = 0;          // rules and packs that miss facts
  std::set<std::string> facts;  // which: "trust", "findings:secret"
  size_t other_stage = 0;       // packs that are for other stages
  size_t out_of_scope = 0;      // packs that are for other subjects
};

// The reason of rule model::kNothingJudged: why nothing was asked, and what that amounts to
// (on_nothing_judged of policy.yaml).
model::Reason nothing_judged_reason(const Asked& asked, model::Stage stage,
                                    model::Decision amounts_to);

}  // namespace bulkhead::decide
