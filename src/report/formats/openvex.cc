// SPDX-License-Identifier: Apache-2.0
// OpenVEX 0.2.0, a statement for each finding.
#include "report/format.h"
#include "report/vex_statements.h"
#include "sbom/vex.h"

namespace bulkhead::report::formats::openvex {
namespace {

base::Status write(const model::ScanReport& report, const Style& style, const Out& out) {
  return sbom::write_openvex(make_vex(report, style.vex_author), out);
}

}  // namespace

extern constinit const Format descriptor = {
    .name = "openvex",
    .summary = "OpenVEX 0.2.0, a statement for each finding",
    .write = write,
    .lists_packages = false};

}  // namespace bulkhead::report::formats::openvex
