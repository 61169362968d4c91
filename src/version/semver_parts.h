// SPDX-License-Identifier: Apache-2.0
// Semantic Versioning 2.0.0 (semver.org) and what its relatives share: pub, Hex, Go, NuGet and
// Bitnami add to it or change a rule, each in its own scheme.
//
// The order is defined on any text: [v]number.number.number, then whatever follows. Missing numbers
// are 0; text that is neither prerelease nor build metadata counts as prerelease.
#pragma once

#include <string_view>

#include "version/scan.h"

namespace bulkhead::version {

inline void skip_v(Cursor& cursor) {
  if (cursor.peek() == 'v' && base::is_digit(cursor.peek_second())) ++cursor.at;
}

// Orders the first max_numbers numbers and puts both cursors behind them.
inline Order compare_release(Cursor& a, Cursor& b, int max_numbers) {
  bool more_a = a.at_digit();
  bool more_b = b.at_digit();
  for (int i = 1; more_a || more_b; ++i) {
    Order order = Order::equal;
    if (more_a && more_b) {
      order = compare_numbers(a, b);
    } else if (more_a) {
      order = is_zero(a.take_digits()) ? Order::equal : Order::greater;
    } else {
      order = is_zero(b.take_digits()) ? Order::equal : Order::less;
    }
    if (order != 0 || i == max_numbers) return order;
    more_a = more_a && a.peek() == '.' && base::is_digit(a.peek_second());
    more_b = more_b && b.peek() == '.' && base::is_digit(b.peek_second());
    if (more_a) ++a.at;
    if (more_b) ++b.at;
  }
  return Order::equal;
}

// What follows the numbers.
struct Suffix {
  std::string_view prerelease;  // without the hyphen
  std::string_view build;       // without the plus
};
inline Suffix split_suffix(Cursor cursor) {
  Suffix suffix;
  cursor.skip('-');
  const char* start = cursor.at;
  while (!cursor.done() && *cursor.at != '+') ++cursor.at;
  suffix.prerelease = {start, static_cast<size_t>(cursor.at - start)};
  if (cursor.skip('+')) suffix.build = cursor.rest();
  return suffix;
}

// Identifiers: numbers by value and before words, words by code, fewer before more.
template <typename Identifiers>
Order compare_identifier_lists(Identifiers a, Identifiers b) {
  std::string_view left;
  std::string_view right;
  while (true) {
    bool has_a = a.next(left);
    bool has_b = b.next(right);
    if (!has_a || !has_b) return has_a <=> has_b;
    bool number_a = is_number(left);
    bool number_b = is_number(right);
    if (number_a != number_b) return number_a ? Order::less : Order::greater;
    Order order = number_a ? compare_numbers(left, right) : compare_bytes(left, right);
    if (order != 0) return order;
  }
}
inline Order compare_identifiers(std::string_view a, std::string_view b) {
  return compare_identifier_lists(Parts(a, '.'), Parts(b, '.'));
}

// A release sorts after its prereleases.
inline Order compare_prerelease(std::string_view a, std::string_view b) {
  if (a.empty() || b.empty()) return a.empty() <=> b.empty();
  return compare_identifiers(a, b);
}

// SemVer precedence: build metadata plays no part.
inline Order compare_semver(std::string_view left, std::string_view right) {
  Cursor a(left);
  Cursor b(right);
  skip_v(a);
  skip_v(b);
  Order order = compare_release(a, b, 3);
  if (order != 0 || (a.done() && b.done())) return order;
  return compare_prerelease(split_suffix(a).prerelease, split_suffix(b).prerelease);
}

// Dotted identifiers of [0-9A-Za-z-], none empty; numbers without leading zeros unless allowed.
bool valid_identifiers(std::string_view text, bool leading_zeros);

// The grammar of semver.org, with no "v" in front. The other form is used by ecosystems that take
// fewer or more numbers or leading zeros.
struct SemverForm {
  int min_numbers = 3;
  int max_numbers = 3;
  bool leading_zeros = false;
};
bool valid_semver(std::string_view version, SemverForm form = {});

}  // namespace bulkhead::version
