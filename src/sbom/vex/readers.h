// SPDX-License-Identifier: Apache-2.0
// One reader for each format; sbom/vex/read.cc has recognised it. They fill the document and leave
// what is wrong in the problems of the root.
#pragma once

#include "base/diagnostics.h"
#include "base/limits.h"
#include "base/result.h"
#include "model/vex.h"
#include "sbom/vex/spot.h"

namespace bulkhead::sbom {

// Errors: kUnsupported for a version of the format that is not read here, kLimit for too much.
base::Status read_openvex(Spot root, const base::Limits& limits, base::Diagnostics& diagnostics,
                          model::VexDocument& out);
base::Status read_csaf_vex(Spot root, const base::Limits& limits, base::Diagnostics& diagnostics,
                           model::VexDocument& out);
base::Status read_cyclonedx_vex(Spot root, const base::Limits& limits,
                                base::Diagnostics& diagnostics, model::VexDocument& out);

// A purl as its canonical text; a problem at the spot when it is none. "" for an empty text.
std::string checked_purl(const Spot& spot, std::string_view text);
// "sha256:<hex>" of an algorithm as a format names it ("SHA-256", "sha256", "sha-256"); "" for
// digests that nothing here is known by.
std::string hash_of(std::string_view algorithm, std::string_view value);

}  // namespace bulkhead::sbom
