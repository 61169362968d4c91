// SPDX-License-Identifier: Apache-2.0
// Not strptime and strftime: they ask the locale.
#include "net/http_date.h"

#include "base/text.h"

namespace bulkhead::net {
namespace {

constexpr std::string_view kDays = "ThuFriSatSunMonTueWed";  // 1970-01-01 was a Thursday
constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";

}  // namespace

std::optional<base::UnixTime> parse_http_date(std::string_view text) {
  if (text.size() != 29 || !text.ends_with(" GMT") || text[7] != ' ' || text[11] != ' ' ||
      text[16] != ' ') {
    return std::nullopt;
  }
  size_t month = kMonths.find(text.substr(8, 3));
  if (month == std::string_view::npos || month % 3 != 0) return std::nullopt;
  std::string number = std::to_string(month / 3 + 1);
  if (number.size() == 1) number.insert(0, "0");
  return base::parse_time(std::string(text.substr(12, 4)) + "-" + number + "-" +
                          std::string(text.substr(5, 2)) + "T" + std::string(text.substr(17, 8)) +
                          "Z");
}

std::string format_http_date(base::UnixTime time) {
  int64_t day = time / 86400 - (time % 86400 < 0 ? 1 : 0);
  auto weekday = static_cast<size_t>((day % 7 + 7) % 7);
  std::string iso = base::format_time(time);  // 1994-11-06T08:49:37Z
  if (iso.size() != 20) return {};            // a year of five digits
  size_t month = base::to_number<size_t>(iso.substr(5, 2)).value_or(1) - 1;
  std::string out(kDays.substr(weekday * 3, 3));
  out.append(", ").append(iso.substr(8, 2)).append(" ").append(kMonths.substr(month * 3, 3));
  out.append(" ").append(iso.substr(0, 4)).append(" ").append(iso.substr(11, 8)).append(" GMT");
  return out;
}

}  // namespace bulkhead::net
