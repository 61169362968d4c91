// SPDX-License-Identifier: Apache-2.0
// Whether a version lies in an affected range: the evaluation algorithm of the OSV schema.
#pragma once

#include <span>
#include <string_view>

#include "version/scheme.h"
#include "vuln/record.h"

namespace bulkhead::vuln {

struct EventView {
  EventType type;
  std::string_view version;
};

// "0" stands for "before every version" as the place where a range begins.
bool is_before_all(const EventView& event);

// Events must be sorted by sort_events(). Limits bound the whole range: a version must be below one
// of them.
bool in_range(const version::Scheme& scheme, std::span<const EventView> events,
              std::string_view version);
// By version; events of one version keep their order. Of last affected versions with nothing
// between them only the last one is left.
void sort_events(const version::Scheme& scheme, std::vector<Event>& events);

// "< 1.2.3", ">= 1.0, < 1.2.3 || >= 2.0, <= 2.4", "" for any version.
std::string describe_range(std::span<const EventView> events);

}  // namespace bulkhead::vuln
