// SPDX-License-Identifier: Apache-2.0
// What stands in `data` for the rules of a policy, as a JSON schema for check_paths().
#pragma once

#include <string>

#include "decide/bundle/policy_set.h"

namespace bulkhead::decide {

// data.lists.<name> and data.parameters.<pack>.<name>; everything else is open, and so is `lists`
// of a bundle whose data files may add to it.
std::string describe_data(const PolicySet& policy, const Files& files);

}  // namespace bulkhead::decide
