// SPDX-License-Identifier: Apache-2.0
// Reads the CycloneDX object model; sbom.cc has recognised the notation.
#pragma once

#include "base/limits.h"
#include "base/result.h"
#include "sbom/sbom.h"
#include "sbom/view.h"

namespace bulkhead::sbom {

base::Status read_cyclonedx(View root, std::string_view where, const base::Limits& limits,
                            SbomDocument& out, base::Diagnostics& diagnostics);

}  // namespace bulkhead::sbom
