// SPDX-License-Identifier: Apache-2.0
// CycloneDX 1.6 with vulnerabilities.
#include "report/format.h"
#include "sbom/sbom.h"

namespace bulkhead::report::formats::cyclonedx {
namespace {

base::Status write(const model::ScanReport& report, const Style& style, const Out& out) {
  return style.files ? sbom::write_cyclonedx_with_files(report, out)
                     : sbom::write_cyclonedx(report, out);
}

}  // namespace

extern constinit const Format descriptor = {
    "cyclonedx", "CycloneDX 1.6 (JSON), with the vulnerabilities found", write, true};

}  // namespace bulkhead::report::formats::cyclonedx
