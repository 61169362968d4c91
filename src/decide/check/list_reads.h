// SPDX-License-Identifier: Apache-2.0
// Which lists of a bundle the rules in force read.
#pragma once

#include <string>
#include <vector>

#include "decide/bundle/policy_set.h"

namespace bulkhead::decide {

// Paths of lists/... that no rule in force reads: their names are misspelt, or the pack that reads
// them is not in force. None when some rule computes the name of a list. Sorted.
std::vector<std::string> unread_lists(const PolicySet& policy, const Files& files);

}  // namespace bulkhead::decide
