// SPDX-License-Identifier: Apache-2.0
// CycloneDX 1.6 VEX, without the list of packages.
#include "report/format.h"
#include "report/vex_statements.h"
#include "sbom/vex.h"

namespace bulkhead::report::formats::cyclonedx_vex {
namespace {

base::Status write(const model::ScanReport& report, const Style& style, const Out& out) {
  return sbom::write_cyclonedx_vex(make_vex(report, style.vex_author), out);
}

}  // namespace

extern constinit const Format descriptor = {
    .name = "cyclonedx-vex",
    .summary = "CycloneDX 1.6 VEX, without the list of packages",
    .write = write,
    .lists_packages = false};

}  // namespace bulkhead::report::formats::cyclonedx_vex
