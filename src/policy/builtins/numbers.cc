// SPDX-License-Identifier: Apache-2.0
// numbers.range_step.
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

constexpr Builtin kBuiltins[] = {{"numbers.range_step", 3, range_step}};

}  // namespace

extern constinit const Family descriptor = {"numbers", "ranges of numbers", kBuiltins};

}  // namespace bulkhead::policy::builtins::numbers
