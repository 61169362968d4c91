// SPDX-License-Identifier: Apache-2.0
// CycloneDX's reasons beside OpenVEX's. Several of the nine mean one of the five; back again the
// plainest is taken.
#include <array>

#include "sbom/vex.h"

namespace bulkhead::sbom {

using model::VexJustification;

namespace {

struct Word {
  std::string_view word;
  VexJustification why;
};

// The first of a meaning is the word that is written for it.
constexpr std::array<Word, 9> kWords = {{
    {"code_not_present", VexJustification::kCodeNotPresent},
    {"code_not_reachable", VexJustification::kCodeNotInExecutePath},
    {"requires_environment", VexJustification::kCodeCannotBeControlled},
    {"requires_configuration", VexJustification::kCodeCannotBeControlled},
    {"requires_dependency", VexJustification::kComponentNotPresent},
    {"protected_by_mitigating_control", VexJustification::kMitigationsExist},
    {"protected_by_compiler", VexJustification::kMitigationsExist},
    {"protected_at_runtime", VexJustification::kMitigationsExist},
    {"protected_at_perimeter", VexJustification::kMitigationsExist},
}};

}  // namespace

std::optional<VexJustification> justification_of_cyclonedx(std::string_view word) {
  for (const Word& known : kWords) {
    if (known.word == word) return known.why;
  }
  return std::nullopt;
}

std::string_view cyclonedx_justification(VexJustification why) {
  for (const Word& known : kWords) {
    if (known.why == why) return known.word;
  }
  return "";
}

}  // namespace bulkhead::sbom
