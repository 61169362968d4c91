// SPDX-License-Identifier: Apache-2.0
// How old the advisories are, in sentences.
#pragma once

#include <string>

#include "model/feed_age.h"

namespace bulkhead::report {

// Why the advisories are stale. A number of days is only named relative to the report's own time:
// relative to the clock it would change the text from day to day.
std::string stale_text(const model::ScanReport& report, const model::AdvisoryAge& age);
// Which feeds have been silent.
std::string quiet_text(const model::AdvisoryAge& age);

}  // namespace bulkhead::report
