// SPDX-License-Identifier: Apache-2.0
// Range evaluation of the OSV schema: walk the events in version order; the last one at or below
// the version decides.
#include "vuln/range.h"

#include <algorithm>

namespace bulkhead::vuln {
namespace {

// Of last affected versions with nothing between them the last one counts. The schema's algorithm
// would end at the first, and what a converter wrote as "up to 1.2, up to 1.3, up to 1.4" would
// leave 1.4 out.
void drop_early_ends(std::vector<Event>& events) {
  auto early = [&](size_t i) {
    return i + 1 < events.size() && events[i].type == EventType::kLastAffected &&
           events[i + 1].type == EventType::kLastAffected;
  };
  std::vector<Event> kept;
  for (size_t i = 0; i < events.size(); ++i) {
    if (!early(i)) kept.push_back(std::move(events[i]));
  }
  events = std::move(kept);
}

}  // namespace

bool is_before_all(const EventView& event) {
  return event.type == EventType::kIntroduced && event.version == "0";
}

bool in_range(const version::Scheme& scheme, std::span<const EventView> events,
              std::string_view version) {
  bool inside = false;
  bool limited = false;
  bool below_a_limit = false;
  for (const EventView& event : events) {
    if (is_before_all(event)) {
      inside = true;
      continue;
    }
    std::strong_ordering order = scheme.compare(version, event.version);
    switch (event.type) {
      case EventType::kIntroduced:
        if (order >= 0) inside = true;
        break;
      case EventType::kFixed:
        if (order >= 0) inside = false;
        break;
      case EventType::kLastAffected:
        if (order > 0) inside = false;
        break;
      case EventType::kLimit:
        limited = true;
        below_a_limit |= order < 0;
        break;
    }
    // Only a limit could still matter, and what is below this event is below any later limit.
    if (order < 0 && !limited) return inside;
  }
  return inside && (!limited || below_a_limit);
}

void sort_events(const version::Scheme& scheme, std::vector<Event>& events) {
  std::stable_sort(events.begin(), events.end(), [&](const Event& a, const Event& b) {
    bool first_a = is_before_all({a.type, a.version});
    bool first_b = is_before_all({b.type, b.version});
    if (first_a || first_b) return first_a && !first_b;
    return scheme.compare(a.version, b.version) < 0;
  });
  drop_early_ends(events);
}

std::string describe_range(std::span<const EventView> events) {
  std::string out;
  bool open = false;  // an interval has begun and not ended
  for (const EventView& event : events) {
    if (is_before_all(event)) continue;
    std::string_view sign;
    switch (event.type) {
      case EventType::kIntroduced: sign = ">= "; break;
      case EventType::kFixed: sign = "< "; break;
      case EventType::kLastAffected: sign = "<= "; break;
      case EventType::kLimit: sign = "< "; break;
    }
    bool begins = event.type == EventType::kIntroduced;
    if (!out.empty()) out += begins || !open ? " || " : ", ";
    out += sign;
    out += event.version;
    open = begins;
  }
  return out;
}

}  // namespace bulkhead::vuln
