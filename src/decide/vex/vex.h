// SPDX-License-Identifier: Apache-2.0
// Applying VEX statements to the findings of a scan (docs/formats/vex.md).
#pragma once

#include <span>
#include <string>
#include <vector>

#include "model/scan_report.h"
#include "model/vex.h"

namespace bulkhead::decide {

// Pure. A statement counts for a finding when it names its vulnerability (or an alias) and one of
// its products covers the package (scope.h); one that names no product counts for none. Of one
// author the latest statement counts. Then:
//   fixed, or not_affected with a reason   the finding moves to report.ignored
//   affected, under_investigation          the finding stays, with the statement beside it
//   authors who disagree                   the finding stays, with all of them: a conflict; unless
//                                          trust names one of them before the others
// What was used of each document, and the statements that counted for nothing, with the reason,
// are added to report.vex. trust: authors, document ids or files, the most trusted first.
void apply_vex(std::span<const model::VexDocument> documents, std::span<const std::string> trust,
               model::ScanReport& report);

}  // namespace bulkhead::decide
