// SPDX-License-Identifier: Apache-2.0
// SPDX 2.3.
#include "report/format.h"
#include "sbom/sbom.h"

namespace bulkhead::report::formats::spdx {
namespace {

base::Status write(const model::ScanReport& report, const Style&, const Out& out) {
  return sbom::write_spdx(report, out);
}

}  // namespace

extern constinit const Format descriptor = {"spdx", "SPDX 2.3 (JSON)", write};

}  // namespace bulkhead::report::formats::spdx
