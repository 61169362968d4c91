// SPDX-License-Identifier: Apache-2.0
// Numbers, dates and times as the grammar of TOML 1.0 (toml.abnf) and RFC 3339 write them.
#include "base/toml_scalar.h"

#include <cstddef>
#include <cstdint>

#include "base/text.h"

namespace bulkhead::base {
namespace {

bool is_digit_of(char c, int base) {
  if (base == 16) return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'f');
  return c >= '0' && c < '0' + base;
}

bool take(std::string_view& word, char c) {
  if (word.empty() || word[0] != c) return false;
  word.remove_prefix(1);
  return true;
}

bool take_sign(std::string_view& word) { return take(word, '+') || take(word, '-'); }

// digit *( digit / "_" digit )
bool take_digits(std::string_view& word, int base) {
  if (word.empty() || !is_digit_of(word[0], base)) return false;
  word.remove_prefix(1);
  while (!word.empty()) {
    size_t skip = word[0] == '_' ? 1 : 0;
    if (word.size() <= skip || !is_digit_of(word[skip], base)) break;
    word.remove_prefix(skip + 1);
  }
  return true;
}

// Exactly `count` digits.
bool take_fixed(std::string_view& word, size_t count, uint32_t& value) {
  if (word.size() < count) return false;
  value = 0;
  for (size_t i = 0; i < count; ++i) {
    if (!is_digit(word[i])) return false;
    value = value * 10 + static_cast<uint32_t>(word[i] - '0');
  }
  word.remove_prefix(count);
  return true;
}

bool is_number(std::string_view word) {
  if (word.size() > 2 && word[0] == '0') {
    int base = word[1] == 'x' ? 16 : word[1] == 'o' ? 8 : word[1] == 'b' ? 2 : 0;
    if (base != 0) {
      word.remove_prefix(2);
      return take_digits(word, base) && word.empty();
    }
  }
  take_sign(word);
  if (word == "inf" || word == "nan") return true;
  bool leading_zero = word.size() > 1 && word[0] == '0' && (is_digit(word[1]) || word[1] == '_');
  if (leading_zero || !take_digits(word, 10)) return false;
  if (take(word, '.') && !take_digits(word, 10)) return false;
  if (take(word, 'e') || take(word, 'E')) {
    take_sign(word);
    if (!take_digits(word, 10)) return false;
  }
  return word.empty();
}

bool take_date(std::string_view& word) {
  uint32_t year = 0;
  uint32_t month = 0;
  uint32_t day = 0;
  if (!take_fixed(word, 4, year) || !take(word, '-') || !take_fixed(word, 2, month) ||
      !take(word, '-') || !take_fixed(word, 2, day)) {
    return false;
  }
  constexpr uint32_t kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (month < 1 || month > 12) return false;
  bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return day >= 1 && day <= kDays[month - 1] + (month == 2 && leap ? 1 : 0);
}

bool take_hour_minute(std::string_view& word) {
  uint32_t hour = 0;
  uint32_t minute = 0;
  return take_fixed(word, 2, hour) && take(word, ':') && take_fixed(word, 2, minute) &&
         hour < 24 && minute < 60;
}

bool take_time(std::string_view& word) {
  uint32_t second = 0;
  if (!take_hour_minute(word) || !take(word, ':') || !take_fixed(word, 2, second) || second > 60) {
    return false;
  }
  if (!take(word, '.')) return true;
  if (word.empty() || !is_digit(word[0])) return false;
  while (!word.empty() && is_digit(word[0])) word.remove_prefix(1);
  return true;
}

bool is_date_or_time(std::string_view word) {
  std::string_view rest = word;
  if (take_time(rest)) return rest.empty();
  rest = word;
  if (!take_date(rest)) return false;
  if (rest.empty()) return true;
  if (!take(rest, 'T') && !take(rest, 't') && !take(rest, ' ')) return false;
  if (!take_time(rest)) return false;
  if (rest.empty() || rest == "Z" || rest == "z") return true;
  return take_sign(rest) && take_hour_minute(rest) && rest.empty();
}

}  // namespace

bool is_toml_date(std::string_view word) { return take_date(word) && word.empty(); }

bool is_toml_plain_value(std::string_view word) {
  return word == "true" || word == "false" || is_number(word) || is_date_or_time(word);
}

}  // namespace bulkhead::base
