// SPDX-License-Identifier: Apache-2.0
// Reads fix claims; who wins is decided here and nowhere else.
#include "vuln/changelog.h"

#include <algorithm>

namespace bulkhead::vuln {

const model::FixClaim* claim_about(const Case& subject, std::string_view id,
                                   const std::vector<std::string>& aliases) {
  for (const model::FixClaim& claim : subject.package->fix_claims) {
    bool about = claim.id == id || std::find(aliases.begin(), aliases.end(), claim.id) !=
                                       aliases.end();
    if (!about) continue;
    std::string_view installed = subject.question.version;
    bool comparable = subject.scheme != nullptr && subject.scheme->valid(claim.version) &&
                      subject.scheme->valid(installed);
    if (comparable && subject.scheme->compare(claim.version, installed) > 0) continue;
    return &claim;
  }
  return nullptr;
}

bool claim_closes(const Case& subject, model::FixState fix_state) {
  if (!subject.question.distribution) return true;
  return fix_state == model::FixState::kAffected || fix_state == model::FixState::kUnknown ||
         fix_state == model::FixState::kInvestigating;
}

}  // namespace bulkhead::vuln
