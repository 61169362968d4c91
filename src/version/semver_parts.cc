// SPDX-License-Identifier: Apache-2.0
// The grammar of Semantic Versioning 2.0.0, items 2, 9 and 10.
#include "version/semver_parts.h"

namespace bulkhead::version {

bool valid_identifiers(std::string_view text, bool leading_zeros) {
  Parts parts(text, '.');
  for (std::string_view part; parts.next(part);) {
    if (part.empty()) return false;
    for (char c : part) {
      if (!base::is_alnum(c) && c != '-') return false;
    }
    if (!leading_zeros && is_number(part) && !is_canonical_number(part)) return false;
  }
  return true;
}

bool valid_semver(std::string_view version, SemverForm form) {
  Cursor cursor(version);
  int numbers = 0;
  do {
    std::string_view number = cursor.take_digits();
    if (form.leading_zeros ? number.empty() : !is_canonical_number(number)) return false;
    ++numbers;
  } while (numbers < form.max_numbers && cursor.skip('.'));
  if (numbers < form.min_numbers) return false;
  bool prerelease = cursor.peek() == '-';
  if (!prerelease && cursor.peek() != '+') return cursor.done();
  Suffix suffix = split_suffix(cursor);
  if (prerelease && !valid_identifiers(suffix.prerelease, form.leading_zeros)) return false;
  bool build = cursor.rest().find('+') != std::string_view::npos;
  return !build || valid_identifiers(suffix.build, true);
}

}  // namespace bulkhead::version
