// SPDX-License-Identifier: Apache-2.0
// Dart packages: Semantic Versioning, but build metadata orders versions that are otherwise equal,
// by the rules for prerelease identifiers and with "none" first (pub_semver).
#include "version/scheme.h"
#include "version/semver_parts.h"

namespace bulkhead::version::schemes::pub {
namespace {

bool valid(std::string_view version) { return valid_semver(version, {.leading_zeros = true}); }

Order compare(std::string_view left, std::string_view right) {
  Cursor a(left);
  Cursor b(right);
  skip_v(a);
  skip_v(b);
  Order order = compare_release(a, b, 3);
  if (order != 0 || (a.done() && b.done())) return order;
  Suffix suffix_a = split_suffix(a);
  Suffix suffix_b = split_suffix(b);
  order = compare_prerelease(suffix_a.prerelease, suffix_b.prerelease);
  if (order != 0) return order;
  if (suffix_a.build.empty() || suffix_b.build.empty()) {
    return suffix_b.build.empty() <=> suffix_a.build.empty();
  }
  return compare_identifiers(suffix_a.build, suffix_b.build);
}

}  // namespace

extern constinit const Scheme descriptor = {
    .name = "pub",
    .summary = "Dart and Flutter packages (pub_semver)",
    .valid = valid,
    .compare = compare,
};

}  // namespace bulkhead::version::schemes::pub
