// SPDX-License-Identifier: Apache-2.0
// When a distribution stops being maintained: the facts of data/end-of-life.json.
#pragma once

#include <string>
#include <string_view>

#include "model/artifact.h"

namespace bulkhead::catalog {

// The text of data/end-of-life.json, compiled in.
std::string_view end_of_life_json();

// Fills codename (when unknown) and the end-of-life dates of a distribution whose id, version and
// variant are known; for a rolling one clears the version, which then says nothing. Dates that the
// table does not have stay empty.
void add_end_of_life(model::Distro& distro);

}  // namespace bulkhead::catalog
