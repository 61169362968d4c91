// SPDX-License-Identifier: Apache-2.0
// Sentences for people, the same in every format.
#include "report/age_text.h"

#include <fmt/format.h>

#include "base/counted.h"

namespace bulkhead::report {
namespace {

std::string_view day_of(std::string_view time) { return time.substr(0, 10); }

}  // namespace

std::string stale_text(const model::ScanReport& report, const model::AdvisoryAge& age) {
  std::string when =
      report.judged_at.empty()
          ? fmt::format("more than {} days ago", model::kStaleDays)
          : fmt::format("{} before {}", base::counted(static_cast<uint64_t>(age.days), "day"),
                        day_of(report.judged_at));
  return fmt::format(
      "The advisories are stale: the newest is of {}, {}. What became known since then is missing; "
      "\"bulkhead db update\" fetches it.",
      day_of(age.newest), when);
}

std::string quiet_text(const model::AdvisoryAge& age) {
  std::string out = fmt::format("Nothing new for more than {} days from ", model::kStaleFeedDays);
  for (size_t i = 0; i < age.quiet.size(); ++i) {
    out += fmt::format("{}{} ({})", i == 0 ? "" : ", ", age.quiet[i]->name,
                       day_of(age.quiet[i]->newest));
  }
  return out;
}

}  // namespace bulkhead::report
