// SPDX-License-Identifier: Apache-2.0
// Names policies, the same for every format.
#include "report/policy_parts.h"

namespace bulkhead::report {

std::string policy_name(const model::PolicyIdentity& policy) {
  std::string out = policy.name.empty() ? policy.source : policy.name;
  if (!policy.commit.empty()) {
    out += " at " + policy.commit.substr(0, 12);
    if (!policy.author.empty()) out += " by " + policy.author;
  } else if (!policy.digest.empty()) {
    out += " (" + policy.digest.substr(0, 19) + ")";
  }
  if (!policy.signer.empty()) out += ", signed by " + policy.signer;
  return clean(out);
}

}  // namespace bulkhead::report
