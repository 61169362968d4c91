// SPDX-License-Identifier: Apache-2.0
// CVSS base scores from vectors: v2.0, v3.0, v3.1 and v4.0 by the FIRST specifications.
#pragma once

#include <optional>
#include <string_view>

#include "model/finding.h"

namespace bulkhead::vuln {

// The base score of a vector: "CVSS:4.0/...", "CVSS:3.1/...", "CVSS:3.0/..." or a v2 vector with
// or without parentheses. Temporal, threat, environmental and supplemental metrics are checked for
// form and otherwise ignored, for v4.0 too (CVSS-B). nullopt when the vector breaks its format.
std::optional<double> cvss_score(std::string_view vector);

// 4.0, 3.1, 3.0 or 2.0; 0 for what is no vector.
double cvss_version(std::string_view vector);

// The qualitative rating of a score: 9.0 critical, 7.0 high, 4.0 medium, above 0 low, 0 negligible.
model::Severity cvss_rating(double score);

}  // namespace bulkhead::vuln
