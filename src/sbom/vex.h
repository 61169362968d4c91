// SPDX-License-Identifier: Apache-2.0
// VEX documents: read OpenVEX (0.0.1, 0.2.0), CSAF 2.0 (profile VEX) and CycloneDX (1.4 to 1.7,
// JSON), write OpenVEX 0.2.0, CSAF 2.0 and CycloneDX 1.6. docs/formats/vex.md says how their words
// are mapped.
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "base/diagnostics.h"
#include "base/limits.h"
#include "base/result.h"
#include "model/vex.h"

namespace bulkhead::sbom {

// Recognises the format and reads the whole document. kUnsupported when it is none of the three;
// kInvalid, with the places and what to do, when any part that bears on a statement is wrong or
// unknown: a statement that is not understood is never passed over. What a format asks for but no
// statement stands on becomes a note. source names the file in errors and in the document.
base::Result<model::VexDocument> read_vex(std::string_view bytes, std::string_view source,
                                          const base::Limits& limits,
                                          base::Diagnostics& diagnostics);

using VexOut = std::function<base::Status(std::string_view)>;

// Deterministic; ids that a format needs are made from the content where the document has none.
// The document needs id, author and timestamp.
base::Status write_openvex(const model::VexDocument& document, const VexOut& out);
base::Status write_csaf_vex(const model::VexDocument& document, const VexOut& out);
base::Status write_cyclonedx_vex(const model::VexDocument& document, const VexOut& out);

// CycloneDX has more reasons than OpenVEX. The meaning of one of its words, nullopt for no word of
// its; and the word that says a reason best.
std::optional<model::VexJustification> justification_of_cyclonedx(std::string_view word);
std::string_view cyclonedx_justification(model::VexJustification why);

}  // namespace bulkhead::sbom
