// SPDX-License-Identifier: Apache-2.0
// VEX statements and waivers in words, alike in every report format.
#pragma once

#include <string>

#include "model/scan_report.h"

namespace bulkhead::report {

// "ACME PSIRT says not_affected (vulnerable_code_not_present): The parser is off."
std::string says(const model::VexNote& note);

// What is said about a finding that is still open: "conflict: A says ...; B says ..."; "" nothing.
std::string said_about(const model::Finding& finding);

// Why a finding is not among the others: "VEX: ACME PSIRT says fixed", "not reachable, until
// 2027-01-31, by team-web (ignore.yaml:3)".
std::string why_ignored(const model::Ignored& ignored);

// Whether reports that only have results show it: what a changelog closes was none in the first
// place.
bool is_shown(const model::Ignored& ignored);

}  // namespace bulkhead::report
