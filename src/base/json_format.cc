// SPDX-License-Identifier: Apache-2.0
// Formats as JSON Schema draft 7, section 7.3 defines them: RFC 3339 dates, RFC 3986 and 3987
// references, addresses. Grammar only; nothing is looked up.
#include "base/json_format.h"

#include <algorithm>

#include "base/clock.h"
#include "base/text.h"

namespace bulkhead::base::json {
namespace {

bool is_date(std::string_view text) {
  return text.size() == 10 && text[4] == '-' && text[7] == '-' && parse_time(text).has_value();
}

// full-date "T" full-time; parse_time knows the ranges, the offset has to be there.
bool is_date_time(std::string_view text) {
  if (text.size() < 20 || (text[10] != 'T' && text[10] != 't')) return false;
  bool offset = text.back() == 'Z' || text.back() == 'z';
  if (!offset) {
    char sign = text[text.size() - 6];
    offset = (sign == '+' || sign == '-') && text[text.size() - 3] == ':';
  }
  return offset && is_date(text.substr(0, 10)) && parse_time(text).has_value();
}

bool is_hex(char c) { return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'f'); }

// Characters that may stand in a reference; above ASCII only in the international forms.
bool has_only_reference_characters(std::string_view text, bool international) {
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80 ? !international : byte <= 0x20 || byte == 0x7f) return false;
    if (std::string_view("<>\"{}|\\^`").find(c) != std::string_view::npos) return false;
    if (c == '%' && (i + 2 >= text.size() || !is_hex(text[i + 1]) || !is_hex(text[i + 2]))) {
      return false;
    }
  }
  return std::count(text.begin(), text.end(), '#') <= 1;
}

bool has_scheme(std::string_view text) {
  auto parts = cut(text, ":");
  if (!parts || parts->first.empty() || !is_alpha(parts->first.front())) return false;
  return std::all_of(parts->first.begin(), parts->first.end(),
                     [](char c) { return is_alnum(c) || c == '+' || c == '-' || c == '.'; });
}

bool is_reference(std::string_view text, bool international) {
  if (!has_only_reference_characters(text, international)) return false;
  // A first segment with a colon is a scheme, or the reference is malformed (RFC 3986, 4.2).
  std::string_view first = text.substr(0, text.find_first_of("/?#"));
  return first.find(':') == std::string_view::npos || has_scheme(text);
}

bool is_email(std::string_view text) {
  auto parts = cut_last(text, "@");
  return parts && !parts->first.empty() && !parts->second.empty() &&
         text.find(' ') == std::string_view::npos;
}

}  // namespace

bool matches_format(std::string_view format, std::string_view text) {
  if (format == "date-time") return is_date_time(text);
  if (format == "date") return is_date(text);
  if (format == "uri") return has_scheme(text) && is_reference(text, false);
  if (format == "iri") return has_scheme(text) && is_reference(text, true);
  if (format == "uri-reference") return is_reference(text, false);
  if (format == "iri-reference") return is_reference(text, true);
  if (format == "email" || format == "idn-email") return is_email(text);
  return true;
}

}  // namespace bulkhead::base::json
