// SPDX-License-Identifier: Apache-2.0
#include "model/feed_age.h"

#include <gtest/gtest.h>

namespace bulkhead::model {
namespace {

base::UnixTime at(std::string_view date) { return base::parse_time(date).value_or(0); }

TEST(FeedAge, TheNewestRecordOfAnyFeedDecides) {
  std::vector<FeedInfo> feeds = {{"debian", 5, ""},
                                 {"osv:Maven", 5, "2024-12-11T00:00:00Z"},
                                 {"osv:npm", 5, "2026-08-20T12:00:00Z"},
                                 {"osv:PyPI", 5, "2026-08-10T00:00:00Z"}};
  AdvisoryAge age = advisory_age(feeds, at("2026-08-27T12:00:00Z"));
  EXPECT_EQ(age.newest, "2026-08-20T12:00:00Z");
  EXPECT_EQ(age.days, 7);
  EXPECT_FALSE(age.stale);
  ASSERT_EQ(age.quiet.size(), 1u);
  EXPECT_EQ(age.quiet[0]->name, "osv:Maven");
  EXPECT_TRUE(advisory_age(feeds, at("2026-08-27T12:00:01Z")).stale);
}

TEST(FeedAge, DatesInTheFutureDoNotMakeOldDataFresh) {
  std::vector<FeedInfo> feeds = {{"a", 1, "2026-01-01T00:00:00Z"},
                                 {"b", 1, "2027-01-01T00:00:00Z"}};
  AdvisoryAge age = advisory_age(feeds, at("2026-03-01"));
  EXPECT_EQ(age.newest, "2026-01-01T00:00:00Z");
  EXPECT_TRUE(age.stale);
  EXPECT_EQ(age.quiet.size(), 1u);
}

TEST(FeedAge, OnlyReportsThatNameATimeAndFeedsHaveOne) {
  ScanReport report;
  report.vulnerabilities_scanned = true;
  report.database_kind = "feeds";
  report.feeds = {{"a", 1, "2026-01-01T00:00:00Z"}};
  EXPECT_FALSE(advisory_age(report));
  report.judged_at = "2026-01-20T00:00:00Z";
  ASSERT_TRUE(advisory_age(report));
  EXPECT_TRUE(advisory_age(report)->stale);
  EXPECT_EQ(feed_age_days(report.feeds[0], at("2026-01-20")), 19);
  report.database_kind = "starter";
  EXPECT_FALSE(advisory_age(report));
}

}  // namespace
}  // namespace bulkhead::model
