// SPDX-License-Identifier: Apache-2.0
// By Levenshtein's distance: as many letters inserted, left out or replaced.
#include "base/nearest_name.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/text.h"

namespace bulkhead::base {
namespace {

size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    size_t corner = std::exchange(row[0], i + 1);
    for (size_t j = 0; j < b.size(); ++j) {
      size_t replace = corner + (a[i] != b[j]);
      corner = row[j + 1];
      row[j + 1] = std::min({replace, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string nearest_name(std::string_view name, const std::vector<std::string>& known) {
  std::string near;
  size_t best = std::max<size_t>(2, name.size() / 3) + 1;
  if (name.size() > 100) return near;  // no slip of the pen
  for (const std::string& candidate : known) {
    if (equals_ignore_case(name, candidate)) return candidate;
    size_t distance = edit_distance(name, candidate);
    if (distance < best) near = candidate;
    best = std::min(best, distance);
  }
  return near;
}

std::string unknown_name(std::string_view name, const std::vector<std::string>& known) {
  std::string text = "\"" + printable(name, 60) + "\"";
  std::string near = nearest_name(name, known);
  if (!near.empty()) return text + "; did you mean " + near + "?";
  return text + "; there are " + join(known, ", ");
}

}  // namespace bulkhead::base
