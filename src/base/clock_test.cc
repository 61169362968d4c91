// SPDX-License-Identifier: Apache-2.0
#include "base/clock.h"

#include <gtest/gtest.h>

namespace bulkhead::base {
namespace {

TEST(Clock, RoundTrips) {
  EXPECT_EQ(parse_time("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(parse_time("2024-02-29T12:00:01+02:00"), parse_time("2024-02-29T10:00:01Z"));
  EXPECT_EQ(format_time(*parse_time("2026-11-21T07:08:09.123456Z")), "2026-11-21T07:08:09Z");
  EXPECT_EQ(format_time(*parse_time("0001-01-01T00:00:00Z")), "0001-01-01T00:00:00Z");
  EXPECT_EQ(format_date(*parse_time("1999-12-31")), "1999-12-31");
  EXPECT_EQ(format_time(-1), "1969-12-31T23:59:59Z");
}

TEST(Clock, RefusesWhatIsNotATime) {
  for (const char* text : {"", "2024", "2024-13-01", "2024-01-01T", "2024-01-01T25:00:00Z",
                           "2024-01-01T00:00:00", "-024-01-01"}) {
    EXPECT_FALSE(parse_time(text)) << text;
  }
}

}  // namespace
}  // namespace bulkhead::base
