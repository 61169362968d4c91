// SPDX-License-Identifier: Apache-2.0
// Groups reasons and names policies, the same for every format.
#include <map>

#include "report/policy_parts.h"

namespace bulkhead::report {

std::vector<PolicyGroup> policy_groups(const model::Verdict& verdict, model::Decision effect) {
  std::vector<PolicyGroup> groups;
  std::map<std::string_view, size_t> index;
  for (const model::Reason& reason : verdict.reasons) {
    if (reason.effect != effect || (reason.waiver && !reason.waiver->expired)) continue;
    // Without a remedy of its own a rule is a group.
    std::string_view key = reason.fix.empty() ? reason.rule : reason.fix;
    auto [at, added] = index.emplace(key, groups.size());
    if (added) groups.push_back({reason.fix, {}});
    groups[at->second].reasons.push_back(&reason);
  }
  return groups;
}

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
