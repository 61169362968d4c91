// SPDX-License-Identifier: Apache-2.0
// Civil time without locale or time zone tables (days algorithm: proleptic Gregorian calendar).
#include "base/clock.h"

#include <array>
#include <cstdio>
#include <ctime>

#include "base/text.h"

namespace bulkhead::base {
namespace {

constexpr int64_t kDay = 86400;

int64_t days_from_civil(int64_t year, int64_t month, int64_t day) {
  year -= month <= 2;
  int64_t era = (year >= 0 ? year : year - 399) / 400;
  int64_t year_of_era = year - era * 400;
  int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

struct Civil {
  int64_t year, month, day;
};

Civil civil_from_days(int64_t days) {
  days += 719468;
  int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  int64_t day_of_era = days - era * 146097;
  int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  int64_t shifted_month = (5 * day_of_year + 2) / 153;
  int64_t month = shifted_month + (shifted_month < 10 ? 3 : -9);
  return {year_of_era + era * 400 + (month <= 2), month,
          day_of_year - (153 * shifted_month + 2) / 5 + 1};
}

// Reads exactly `digits` digits and an optional separator after them.
std::optional<int64_t> take_number(std::string_view& text, size_t digits) {
  if (text.size() < digits) return std::nullopt;
  auto value = to_number<int64_t>(text.substr(0, digits));
  if (!value || text[0] == '-') return std::nullopt;
  text.remove_prefix(digits);
  return value;
}

bool take_char(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text[0]) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<int64_t> take_offset(std::string_view text) {
  if (text == "Z" || text == "z") return 0;
  int64_t sign = !text.empty() && text[0] == '-' ? -1 : 1;
  if (!take_char(text, "+-")) return std::nullopt;
  auto hours = take_number(text, 2);
  take_char(text, ":");
  auto minutes = take_number(text, 2);
  if (!hours || !minutes || *hours > 23 || *minutes > 59 || !text.empty()) return std::nullopt;
  return sign * (*hours * 3600 + *minutes * 60);
}

}  // namespace

UnixTime SystemClock::now() const { return static_cast<UnixTime>(std::time(nullptr)); }

std::optional<UnixTime> parse_time(std::string_view text) {
  auto year = take_number(text, 4);
  if (!year || !take_char(text, "-")) return std::nullopt;
  auto month = take_number(text, 2);
  if (!month || !take_char(text, "-")) return std::nullopt;
  auto day = take_number(text, 2);
  if (!day || *month < 1 || *month > 12 || *day < 1 || *day > 31) return std::nullopt;
  UnixTime date = days_from_civil(*year, *month, *day) * kDay;
  // The 30th of February would be a day in March.
  bool last = *month == 12;
  int64_t next = days_from_civil(last ? *year + 1 : *year, last ? 1 : *month + 1, 1) * kDay;
  if (date >= next) return std::nullopt;
  if (text.empty()) return date;

  if (!take_char(text, "Tt ")) return std::nullopt;
  auto hour = take_number(text, 2);
  if (!hour || !take_char(text, ":")) return std::nullopt;
  auto minute = take_number(text, 2);
  if (!minute || !take_char(text, ":")) return std::nullopt;
  auto second = take_number(text, 2);
  if (!second || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  if (take_char(text, ".")) {
    while (!text.empty() && is_digit(text[0])) text.remove_prefix(1);
  }
  auto offset = take_offset(text);
  if (!offset) return std::nullopt;
  return date + *hour * 3600 + *minute * 60 + *second - *offset;
}

std::string format_date(UnixTime time) { return format_time(time).substr(0, 10); }

std::string format_time(UnixTime time) {
  int64_t days = (time >= 0 ? time : time - kDay + 1) / kDay;
  int64_t rest = time - days * kDay;
  Civil date = civil_from_days(days);
  std::array<char, 64> out;
  int size =
      std::snprintf(out.data(), out.size(), "%04lld-%02lld-%02lldT%02lld:%02lld:%02lldZ",
                    static_cast<long long>(date.year), static_cast<long long>(date.month),
                    static_cast<long long>(date.day), static_cast<long long>(rest / 3600),
                    static_cast<long long>(rest / 60 % 60), static_cast<long long>(rest % 60));
  return std::string(out.data(), static_cast<size_t>(size));
}

}  // namespace bulkhead::base
