// SPDX-License-Identifier: Apache-2.0
// CSAF 2.0, profile VEX.
#include "report/format.h"
#include "report/vex_statements.h"
#include "sbom/vex.h"

namespace bulkhead::report::formats::csaf_vex {
namespace {

base::Status write(const model::ScanReport& report, const Style& style, const Out& out) {
  return sbom::write_csaf_vex(make_vex(report, style.vex_author), out);
}

}  // namespace

extern constinit const Format descriptor = {.name = "csaf-vex",
                                            .summary = "CSAF 2.0, profile VEX",
                                            .write = write,
                                            .lists_packages = false};

}  // namespace bulkhead::report::formats::csaf_vex
