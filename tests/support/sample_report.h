// SPDX-License-Identifier: Apache-2.0
// A made-up scan of a made-up image, with every kind of thing that a report can hold. Used by the
// tests of report formats and of SBOM writers; names and numbers are invented.
#pragma once

#include "model/scan_report.h"

namespace bulkhead::testing {

model::ScanReport sample_report();
// A verdict about it: denials, warnings, a waiver that holds, one that has expired, one observed.
model::Verdict sample_verdict();

}  // namespace bulkhead::testing
