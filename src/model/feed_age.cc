// SPDX-License-Identifier: Apache-2.0
// Ages in whole days, from the dates that the report carries.
#include "model/feed_age.h"

#include <algorithm>

namespace bulkhead::model {
namespace {

constexpr int64_t kSecondsPerDay = 86400;

}  // namespace

std::optional<int64_t> feed_age_days(const FeedInfo& feed, base::UnixTime at) {
  auto newest = base::parse_time(feed.newest);
  if (!newest) return std::nullopt;
  return std::max<int64_t>(0, (at - *newest) / kSecondsPerDay);
}

AdvisoryAge advisory_age(std::span<const FeedInfo> feeds, base::UnixTime at) {
  AdvisoryAge out;
  std::optional<base::UnixTime> newest;
  for (const FeedInfo& feed : feeds) {
    auto time = base::parse_time(feed.newest);
    if (!time || *time > at) continue;
    if (at - *time > kStaleFeedDays * kSecondsPerDay) out.quiet.push_back(&feed);
    if (newest && *newest >= *time) continue;
    newest = *time;
    out.newest = feed.newest;
  }
  if (!newest) return out;
  out.days = (at - *newest) / kSecondsPerDay;
  out.stale = at - *newest > kStaleDays * kSecondsPerDay;
  return out;
}

std::optional<AdvisoryAge> advisory_age(const ScanReport& report) {
  auto at = base::parse_time(report.judged_at);
  if (!at || !report.judged_by_feeds()) return std::nullopt;
  return advisory_age(report.feeds, *at);
}

}  // namespace bulkhead::model
