// SPDX-License-Identifier: Apache-2.0
// Arch Linux: epoch:pkgver-pkgrel. Like rpm's order without '~' and '^', but separators count by
// their length, and a word at the end makes a version older ("1.0rc" < "1.0") unless a separator
// stands before it ("1.0.a" > "1.0"). vercmp(8).
//
// libalpm calls a version without pkgrel equal to all that have one, and reads separators at the
// end of a version in a way that is no order; here the first sorts lower and the second by length,
// which no valid version notices.
#include "version/rpm_evr.h"
#include "version/scan.h"
#include "version/scheme.h"

namespace bulkhead::version::schemes::pacman {
namespace {

// makepkg: no colon, slash, hyphen or white space in pkgver, only printable ASCII; pkgrel is one or
// two numbers.
bool valid(std::string_view version) {
  if (version.starts_with(':')) return false;
  Evr evr = split_evr(version);
  if (!evr.epoch.empty() && !base::to_number<int>(evr.epoch)) return false;
  for (char c : evr.version) {
    if (c <= ' ' || c > '~' || c == ':' || c == '/' || c == '-') return false;
  }
  if (evr.version.empty() || !evr.release) return false;
  Cursor release(*evr.release);
  if (release.take_digits().empty()) return false;
  if (release.skip('.') && release.take_digits().empty()) return false;
  return release.done();
}

size_t skip_separators(Cursor& cursor) {
  const char* start = cursor.at;
  while (!cursor.done() && !base::is_alnum(*cursor.at)) ++cursor.at;
  return static_cast<size_t>(cursor.at - start);
}

// A word, the end, a number: in this order behind equal separators.
int rank(const Cursor& cursor) {
  if (cursor.done()) return 1;
  return cursor.at_digit() ? 2 : 0;
}

Order compare_part(std::string_view left, std::string_view right) {
  Cursor a(left);
  Cursor b(right);
  while (true) {
    size_t separators_a = skip_separators(a);
    size_t separators_b = skip_separators(b);
    if (separators_a != separators_b) {
      // Without a separator a word is below the end and that is below every separator.
      return separators_a <=> separators_b;
    }
    if (rank(a) != rank(b)) return rank(a) <=> rank(b);
    if (a.done()) return Order::equal;
    Order order =
        a.at_digit() ? compare_numbers(a, b) : compare_bytes(a.take_alpha(), b.take_alpha());
    if (order != 0) return order;
  }
}

Order compare(std::string_view left, std::string_view right) {
  Evr a = split_evr(left);
  Evr b = split_evr(right);
  Order order = compare_numbers(a.epoch, b.epoch);
  if (order != 0) return order;
  order = compare_part(a.version, b.version);
  if (order != 0) return order;
  if (!a.release || !b.release) return a.release.has_value() <=> b.release.has_value();
  return compare_part(*a.release, *b.release);
}

}  // namespace

extern constinit const Scheme descriptor = {
    .name = "pacman",
    .summary = "Arch Linux packages (vercmp(8), epoch:pkgver-pkgrel)",
    .valid = valid,
    .compare = compare,
};

}  // namespace bulkhead::version::schemes::pacman
