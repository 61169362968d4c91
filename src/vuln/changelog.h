// SPDX-License-Identifier: Apache-2.0
// Changelogs inside the image as evidence that a build fixed a vulnerability.
#pragma once

#include "model/finding.h"
#include "vuln/judge.h"

namespace bulkhead::vuln {

// The claim of the package's changelog that this vulnerability is fixed in it, nullptr if there is
// none or if it says so of a later version than the one installed.
const model::FixClaim* claim_about(const Case& subject, std::string_view id,
                                   const std::vector<std::string>& aliases);

// Whether a claim closes a finding: one of upstream's records, or of a distribution that has stated
// neither a fixed version nor a refusal. A stated fix above the installed version stands.
bool claim_closes(const Case& subject, model::FixState fix_state);

}  // namespace bulkhead::vuln
