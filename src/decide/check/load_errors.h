// SPDX-License-Identifier: Apache-2.0
// Everything that keeps a policy from being loaded. PolicySet::load stops at the first error, as
// who wants to judge needs; who mends a policy wants all of them at once.
#pragma once

#include <vector>

#include "decide/check/policy_check.h"

namespace bulkhead::decide {

// `first` is why PolicySet::load refused these files, and always among what is returned. Each part
// of the bundle is looked at by itself: what only follows from another error is not told. Of a
// bundle whose signature does not hold nothing else is read. Sorted by place.
std::vector<Remark> load_errors(const Files& files, const LoadOptions& options,
                                const base::Error& first);

}  // namespace bulkhead::decide
