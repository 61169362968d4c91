// SPDX-License-Identifier: Apache-2.0
// The scanner that every scheme is written with. Raw pointers, because an order is decided after a
// few bytes and bounds are tested in the loop conditions anyway; numbers are compared as text, so
// that no length overflows.
#pragma once

#include <compare>
#include <string_view>

#include "base/text.h"

namespace bulkhead::version {

using Order = std::strong_ordering;

// What is still to be read of a text.
struct Cursor {
  const char* at;
  const char* end;

  Cursor() : at(nullptr), end(nullptr) {}
  explicit Cursor(std::string_view text) : at(text.data()), end(text.data() + text.size()) {}

  bool done() const { return at == end; }
  size_t left() const { return static_cast<size_t>(end - at); }
  std::string_view rest() const { return {at, left()}; }
  // The next byte, or the one after it; '\0' past the end.
  char peek() const { return at == end ? '\0' : *at; }
  char peek_second() const { return left() < 2 ? '\0' : at[1]; }
  bool at_digit() const { return at != end && base::is_digit(*at); }
  bool at_alpha() const { return at != end && base::is_alpha(*at); }
  bool skip(char c) {
    if (at == end || *at != c) return false;
    ++at;
    return true;
  }
  std::string_view take_digits() {
    const char* start = at;
    while (at_digit()) ++at;
    return {start, static_cast<size_t>(at - start)};
  }
  std::string_view take_alpha() {
    const char* start = at;
    while (at_alpha()) ++at;
    return {start, static_cast<size_t>(at - start)};
  }
  // Skips a word written in lower case, in whatever case it stands in the text.
  bool skip_word(std::string_view word) {
    if (left() < word.size()) return false;
    for (size_t i = 0; i < word.size(); ++i) {
      if (base::to_lower(at[i]) != word[i]) return false;
    }
    at += word.size();
    return true;
  }
};

inline Order flip(Order order) { return 0 <=> order; }

inline Order compare_bytes(std::string_view a, std::string_view b) { return a <=> b; }
inline Order compare_ignoring_case(std::string_view a, std::string_view b) {
  size_t both = a.size() < b.size() ? a.size() : b.size();
  for (size_t i = 0; i < both; ++i) {
    auto left = static_cast<unsigned char>(base::to_lower(a[i]));
    auto right = static_cast<unsigned char>(base::to_lower(b[i]));
    if (left != right) return left <=> right;
  }
  return a.size() <=> b.size();
}

// By value; no digits at all count as zero. When the numbers are equal both cursors stand behind
// them, otherwise somewhere inside.
inline Order compare_numbers(Cursor& a, Cursor& b) {
  while (a.at != a.end && *a.at == '0') ++a.at;
  while (b.at != b.end && *b.at == '0') ++b.at;
  Order first = Order::equal;
  while (true) {
    bool in_a = a.at_digit();
    bool in_b = b.at_digit();
    if (!in_a || !in_b) return in_a ? Order::greater : in_b ? Order::less : first;
    if (first == 0) first = *a.at <=> *b.at;
    ++a.at;
    ++b.at;
  }
}
inline Order compare_numbers(std::string_view a, std::string_view b) {
  Cursor left(a);
  Cursor right(b);
  return compare_numbers(left, right);
}

// Goes through dotted numbers side by side for as long as both texts have them: "1.12.0" against
// "1.12.3-rc". A difference decides in every order that starts with such numbers. Equal: both
// cursors stand behind the last number that both have.
inline Order compare_dotted_numbers(Cursor& a, Cursor& b) {
  while (a.at_digit() && b.at_digit()) {
    Order order = compare_numbers(a, b);
    if (order != 0) return order;
    if (a.peek() != '.' || b.peek() != '.') break;
    if (!base::is_digit(a.peek_second()) || !base::is_digit(b.peek_second())) break;
    ++a.at;
    ++b.at;
  }
  return Order::equal;
}

inline bool is_number(std::string_view text) {
  for (char c : text) {
    if (!base::is_digit(c)) return false;
  }
  return !text.empty();
}
inline bool is_zero(std::string_view digits) {
  return digits.find_first_not_of('0') == std::string_view::npos;
}
// A number with no superfluous zero in front.
inline bool is_canonical_number(std::string_view text) {
  return is_number(text) && (text.size() == 1 || text[0] != '0');
}

// Takes the part up to the next separator; false when everything was taken. An empty text has one
// empty part, as in base::split().
class Parts {
 public:
  Parts(std::string_view text, char separator) : cursor_(text), separator_(separator) {}
  bool next(std::string_view& part) {
    if (finished_) return false;
    const char* start = cursor_.at;
    while (!cursor_.done() && *cursor_.at != separator_) ++cursor_.at;
    part = {start, static_cast<size_t>(cursor_.at - start)};
    finished_ = !cursor_.skip(separator_);
    return true;
  }

 private:
  Cursor cursor_;
  char separator_;
  bool finished_ = false;
};

}  // namespace bulkhead::version
