// SPDX-License-Identifier: Apache-2.0
#include "policy/watchdog.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <thread>

namespace bulkhead::policy {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLongOver{-2500};  // four times this makes up for the grace

TEST(WatchdogDeathTest, EndsWhatDoesNotEnd) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  auto endless = [] {
    Watchdog first(milliseconds(1000));
    Watchdog second(kLongOver);
    std::this_thread::sleep_for(std::chrono::hours(1));
  };
  EXPECT_EXIT(endless(), ::testing::ExitedWithCode(1), "nothing was decided");
}

TEST(WatchdogDeathTest, ForgetsWhatHasEnded) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  auto fine = [] {
    { Watchdog soon(milliseconds(-2480)); }
    Watchdog later(milliseconds(1000));
    std::this_thread::sleep_for(milliseconds(300));
    std::_Exit(7);
  };
  EXPECT_EXIT(fine(), ::testing::ExitedWithCode(7), "");
}

}  // namespace
}  // namespace bulkhead::policy
