// SPDX-License-Identifier: Apache-2.0
// Judging: a policy and a document in, a verdict out. The same at every stage.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "decide/bundle/policy_set.h"
#include "model/verdict.h"

namespace bulkhead::decide {

struct Subject {
  model::Stage stage = model::Stage::kBuild;
  base::UnixTime at = 0;  // expiry of waivers is judged for this time
  std::string name;       // as the user named it
  std::string digest;
  std::string document;               // what policy_document() made
  std::vector<Waiver> local_waivers;  // the caller's own; used only where the policy lets them
};

// A rule that cannot be judged (deadline, memory, a result that is none) becomes a reason of rule
// "policy-error" whose effect policy.yaml's on_error says. kInvalid, kLimit: the document itself.
base::Result<model::Verdict> judge(const PolicySet& policy, const Subject& subject);

}  // namespace bulkhead::decide
