// SPDX-License-Identifier: Apache-2.0
// How old the advisories behind a report are. Documents that must be the same from run to run ask
// this of ScanReport::judged_at only, never of the clock.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "model/scan_report.h"

namespace bulkhead::model {

// The whole is stale when not even its newest record is younger than this.
inline constexpr int64_t kStaleDays = 7;
// Some ecosystems are quiet for weeks; a single feed is stale when it is silent for longer.
inline constexpr int64_t kStaleFeedDays = 30;

struct AdvisoryAge {
  std::string_view newest;             // of all feeds, as FeedInfo has it; "" unknown
  int64_t days = 0;                    // from there to the time in question
  bool stale = false;                  // more than kStaleDays
  std::vector<const FeedInfo*> quiet;  // feeds with nothing new for more than kStaleFeedDays
};

// Days from a feed's newest date to a time, at least 0; nullopt when the date is unknown.
std::optional<int64_t> feed_age_days(const FeedInfo& feed, base::UnixTime at);
// Dates after `at` are somebody's slip and do not count: they must not make old data look fresh.
// The result points into `feeds`.
AdvisoryAge advisory_age(std::span<const FeedInfo> feeds, base::UnixTime at);
// Of a report judged by feeds, at the time that the report names; nullopt when it names none or was
// judged by nothing or by the starter list.
std::optional<AdvisoryAge> advisory_age(const ScanReport& report);

}  // namespace bulkhead::model
