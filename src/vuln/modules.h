// SPDX-License-Identifier: Apache-2.0
// RPM modularity: the same package name is built in several streams ("nodejs:16", "nodejs:18"), and
// an advisory about one stream says nothing about another.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "model/package.h"
#include "vuln/range.h"

namespace bulkhead::vuln {

// "nodejs:16:8070020221..." of an RPM package, "" when it has none.
std::string_view module_label(const model::Package& package);

// Whether an advisory with these events and streams ("virt:rhel virt-devel:rhel", "" unknown)
// speaks about this package's stream.
bool same_stream(const model::Package& package, std::span<const EventView> events,
                 std::string_view streams);

}  // namespace bulkhead::vuln
