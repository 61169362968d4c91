// SPDX-License-Identifier: Apache-2.0
// Bitnami components: SemVer numbers, then "-N", which is the revision of the packaging and sorts
// after the bare version; "-0" is the same as none. A suffix that starts with a letter ("-rc1") is
// upstream's prerelease and sorts before.
#include "version/scheme.h"
#include "version/semver_parts.h"

namespace bulkhead::version::schemes::bitnami {
namespace {

// Dates such as 2020.04.23 are versions too.
bool valid(std::string_view version) { return valid_semver(version, {.leading_zeros = true}); }

Order compare(std::string_view left, std::string_view right) {
  Cursor a(left);
  Cursor b(right);
  skip_v(a);
  skip_v(b);
  Order order = compare_release(a, b, 3);
  if (order != 0 || (a.done() && b.done())) return order;
  std::string_view suffix_a = split_suffix(a).prerelease;
  std::string_view suffix_b = split_suffix(b).prerelease;
  Cursor rest_a(suffix_a);
  Cursor rest_b(suffix_b);
  bool revision_a = rest_a.done() || rest_a.at_digit();
  bool revision_b = rest_b.done() || rest_b.at_digit();
  if (revision_a != revision_b) return revision_a <=> revision_b;
  if (!revision_a) return compare_identifiers(suffix_a, suffix_b);
  order = compare_numbers(rest_a, rest_b);
  return order != 0 ? order : compare_identifiers(rest_a.rest(), rest_b.rest());
}

}  // namespace

extern constinit const Scheme descriptor = {
    .name = "bitnami",
    .summary = "Bitnami components (SemVer numbers, then a revision that sorts after)",
    .valid = valid,
    .compare = compare,
};

}  // namespace bulkhead::version::schemes::bitnami
