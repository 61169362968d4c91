// SPDX-License-Identifier: Apache-2.0
// numbers.range_step and time.parse_duration_ns.
#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "policy/builtin.h"

namespace bulkhead::policy::builtins::numbers {
namespace {

using base::Code;
using base::Error;

constexpr uint64_t kMaxRange = 5'000'000;

BuiltinResult range_step(Arguments arguments, CallContext&) {
  const int64_t from = TRY(integer_argument(arguments, 0));
  const int64_t to = TRY(integer_argument(arguments, 1));
  const int64_t step = TRY(integer_argument(arguments, 2));
  if (step <= 0) return failed("step must be a positive integer");
  const bool up = from <= to;
  const uint64_t distance = up ? static_cast<uint64_t>(to) - static_cast<uint64_t>(from)
                               : static_cast<uint64_t>(from) - static_cast<uint64_t>(to);
  const uint64_t count = distance / static_cast<uint64_t>(step) + 1;
  if (count > kMaxRange || count == 0) {
    return Error(Code::kLimit, "more than " + std::to_string(kMaxRange) + " numbers");
  }
  Term::Array out;
  out.items.reserve(static_cast<size_t>(count));
  for (uint64_t i = 0; i < count; ++i) {
    const uint64_t offset = i * static_cast<uint64_t>(step);
    const uint64_t start = static_cast<uint64_t>(from);
    out.items.emplace_back(static_cast<int64_t>(up ? start + offset : start - offset));
  }
  return Term(std::move(out));
}

struct Unit {
  std::string_view name;
  double nanoseconds;
};
// Longer names first: "ms" before "m".
constexpr Unit kUnits[] = {
    {"ns", 1},
    {"us", 1e3},
    {"\xc2\xb5s", 1e3},
    {"\xce\xbcs", 1e3},
    {"ms", 1e6},
    {"s", 1e9},
    {"m", 60e9},
    {"h", 3600e9},
    {"d", 24 * 3600e9},
    {"w", 7 * 24 * 3600e9},
    {"y", 365 * 24 * 3600e9},
};

// A sign, then numbers with their units: "1h30m", "-1.5d".
BuiltinResult parse_duration(Arguments arguments, CallContext&) {
  std::string_view text = TRY(text_argument(arguments, 0));
  const Error wrong = failed("invalid duration \"" + std::string(text) + "\"");
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text == "0") return Term(0);
  if (text.empty()) return wrong;
  long double total = 0;
  while (!text.empty()) {
    const size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
    const auto number = base::to_number<double>(text.substr(0, digits));
    if (!number || digits == 0) return wrong;
    text.remove_prefix(digits);
    const auto* unit =
        std::ranges::find_if(kUnits, [&](const Unit& u) { return text.starts_with(u.name); });
    if (unit == std::end(kUnits)) return wrong;
    text.remove_prefix(unit->name.size());
    total += static_cast<long double>(*number) * unit->nanoseconds;
  }
  if (total > 9.2e18L) return wrong;
  const auto nanoseconds = static_cast<int64_t>(std::llround(total));
  return Term(negative ? -nanoseconds : nanoseconds);
}

constexpr Builtin kBuiltins[] = {
    {"numbers.range_step", 3, range_step},
    {"time.parse_duration_ns", 1, parse_duration},
};

}  // namespace

extern constinit const Family descriptor = {"numbers", "ranges and durations", kBuiltins};

}  // namespace bulkhead::policy::builtins::numbers
