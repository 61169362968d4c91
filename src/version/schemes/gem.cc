// SPDX-License-Identifier: Apache-2.0
// Ruby gems: runs of digits and of letters, a word sorts before a number and makes a prerelease,
// missing segments are 0, and zeros right before the first word do not count ("1.0.a" = "1.a").
// A hyphen reads ".pre.". Gem::Version.
#include "version/scan.h"
#include "version/scheme.h"

namespace bulkhead::version::schemes::gem {
namespace {

// Digits and letters between dots, then dotted identifiers behind a hyphen; nothing is "0".
bool valid(std::string_view version) {
  version = base::trim(version);
  if (version.empty()) return true;
  size_t hyphen = version.find('-');
  if (!base::is_digit(version[0])) return false;
  Parts parts(version.substr(0, hyphen), '.');
  bool first = true;
  for (std::string_view part; parts.next(part); first = false) {
    if (part.empty() || (first && !is_number(part))) return false;
    for (char c : part) {
      if (!base::is_alnum(c)) return false;
    }
  }
  if (hyphen == std::string_view::npos) return true;
  Parts tail(version.substr(hyphen + 1), '.');
  for (std::string_view part; tail.next(part);) {
    if (part.empty()) return false;
    for (char c : part) {
      if (!base::is_alnum(c) && c != '-') return false;
    }
  }
  return true;
}

// The canonical segments one by one: digits or a word each, "" at the end.
class Segments {
 public:
  explicit Segments(std::string_view version) : cursor_(version) {}

  std::string_view next() {
    std::string_view segment = take(cursor_);
    if (segment.empty() || seen_word_ || !is_zero_number(segment)) {
      seen_word_ = seen_word_ || !starts_number(segment);
      return segment;
    }
    if (cursor_.at <= keep_until_) return segment;
    // A zero counts only when a number follows before a word does.
    Cursor ahead = cursor_;
    const char* last_zero = cursor_.at;
    std::string_view following = take(ahead);
    while (is_zero_number(following)) {
      last_zero = ahead.at;
      following = take(ahead);
    }
    if (starts_number(following)) {
      keep_until_ = last_zero;
      return segment;
    }
    cursor_ = ahead;
    seen_word_ = true;
    return following;
  }

 private:
  static bool starts_number(std::string_view segment) {
    return !segment.empty() && base::is_digit(segment[0]);
  }
  static bool is_zero_number(std::string_view segment) {
    return starts_number(segment) && is_zero(segment);
  }
  static std::string_view take(Cursor& cursor) {
    while (!cursor.done()) {
      if (cursor.at_digit()) return cursor.take_digits();
      if (cursor.at_alpha()) return cursor.take_alpha();
      if (*cursor.at++ == '-') return "pre";
    }
    return {};
  }

  Cursor cursor_;
  const char* keep_until_ = nullptr;  // zeros up to here are known to count
  bool seen_word_ = false;
};

Order compare(std::string_view a, std::string_view b) {
  Cursor front_a(a);
  Cursor front_b(b);
  Order order = compare_dotted_numbers(front_a, front_b);
  if (order != 0 || (front_a.done() && front_b.done())) return order;
  Segments segments_a(a);
  Segments segments_b(b);
  while (true) {
    std::string_view left = segments_a.next();
    std::string_view right = segments_b.next();
    if (left.empty() && right.empty()) return Order::equal;
    bool number_a = left.empty() || base::is_digit(left[0]);
    bool number_b = right.empty() || base::is_digit(right[0]);
    if (number_a != number_b) return number_a ? Order::greater : Order::less;
    order = number_a ? compare_numbers(left, right) : compare_bytes(left, right);
    if (order != 0) return order;
  }
}

}  // namespace

extern constinit const Scheme descriptor = {
    .name = "gem",
    .summary = "Ruby gems (Gem::Version)",
    .valid = valid,
    .compare = compare,
};

}  // namespace bulkhead::version::schemes::gem
