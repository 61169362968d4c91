// SPDX-License-Identifier: Apache-2.0
// NuGet packages: one to four numbers, labels without regard to case, metadata ignored. A label is
// a number only when it is an int32 (with its sign), as NuGet's own comparer reads it: a timestamp
// of fourteen digits is a word.
#include "version/scheme.h"
#include "version/semver_parts.h"

namespace bulkhead::version::schemes::nuget {
namespace {

bool valid(std::string_view version) {
  if (!valid_semver(version, {.min_numbers = 1, .max_numbers = 4, .leading_zeros = true})) {
    return false;
  }
  Cursor cursor(version);
  do {
    if (!base::to_number<int>(cursor.take_digits())) return false;
  } while (cursor.skip('.') && cursor.at_digit());
  return true;
}

Order compare_labels(std::string_view a, std::string_view b) {
  Parts parts_a(a, '.');
  Parts parts_b(b, '.');
  std::string_view left;
  std::string_view right;
  while (true) {
    bool has_a = parts_a.next(left);
    bool has_b = parts_b.next(right);
    if (!has_a || !has_b) return has_a <=> has_b;
    auto number_a = base::to_number<int>(left);
    auto number_b = base::to_number<int>(right);
    if (number_a.has_value() != number_b.has_value()) return number_b <=> number_a;
    Order order = number_a ? *number_a <=> *number_b : compare_ignoring_case(left, right);
    if (order != 0) return order;
  }
}

Order compare(std::string_view left, std::string_view right) {
  Cursor a(left);
  Cursor b(right);
  skip_v(a);
  skip_v(b);
  Order order = compare_release(a, b, 4);
  if (order != 0 || (a.done() && b.done())) return order;
  std::string_view labels_a = split_suffix(a).prerelease;
  std::string_view labels_b = split_suffix(b).prerelease;
  if (labels_a.empty() || labels_b.empty()) return labels_a.empty() <=> labels_b.empty();
  return compare_labels(labels_a, labels_b);
}

}  // namespace

extern constinit const Scheme descriptor = {
    .name = "nuget",
    .summary = ".NET packages (NuGet: up to four numbers, labels case-insensitive)",
    .valid = valid,
    .compare = compare,
};

}  // namespace bulkhead::version::schemes::nuget
