// SPDX-License-Identifier: Apache-2.0
// The form of CVSS vectors, shared by the files that score them.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string_view>

namespace bulkhead::vuln {

struct Metric {
  std::string_view name;
  std::string_view values;  // one letter each
  bool mandatory = false;
};

// The value of each metric of the table, by its index; 'X' where the vector has none.
using VectorValues = std::array<char, 32>;
// nullopt for an unknown or repeated metric, an unknown value or a missing mandatory metric.
// Metrics in `ignored` may have any value.
std::optional<VectorValues> parse_vector(std::string_view vector, std::span<const Metric> metrics,
                                         std::span<const std::string_view> ignored);

// The v4.0 score of what follows "CVSS:4.0/".
std::optional<double> cvss4_score(std::string_view vector);

}  // namespace bulkhead::vuln
