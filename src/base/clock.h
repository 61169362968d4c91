// SPDX-License-Identifier: Apache-2.0
// Time: passed in, never asked for from inside, so that reports are reproducible and tests are not
// bound to today.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bulkhead::base {

// Seconds since 1970-01-01T00:00:00Z, without leap seconds.
using UnixTime = int64_t;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual UnixTime now() const = 0;
};

class SystemClock final : public Clock {
 public:
  UnixTime now() const override;
};

class FixedClock final : public Clock {
 public:
  explicit FixedClock(UnixTime now) : now_(now) {}
  UnixTime now() const override { return now_; }

 private:
  UnixTime now_;
};

// RFC 3339 section 5.6; fractions are dropped, offsets applied. Also takes a bare date.
std::optional<UnixTime> parse_time(std::string_view text);
std::string format_time(UnixTime time);  // 2026-11-21T07:00:00Z
std::string format_date(UnixTime time);  // 2026-11-21

}  // namespace bulkhead::base
