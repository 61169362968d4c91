// SPDX-License-Identifier: Apache-2.0
// What a scan can state about vulnerabilities in what it scanned, for the VEX formats.
#pragma once

#include <string_view>

#include "model/scan_report.h"
#include "model/vex.h"

namespace bulkhead::report {

// A document with a statement for each finding, open and closed (docs/formats/vex.md has the
// table). author: "NAME <URL>", "" for this program. The same report gives the same document.
model::VexDocument make_vex(const model::ScanReport& report, std::string_view author);

}  // namespace bulkhead::report
