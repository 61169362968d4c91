// SPDX-License-Identifier: Apache-2.0
// The parameters that policy.yaml gives to a pack, held against the pack's defaults: one that is
// misspelt or of another type would switch its rules off without a word.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "decide/bundle/pack.h"
#include "decide/bundle/policy_file.h"

namespace bulkhead::decide {

// The defaults with those of the entry in their place, as JSON. Everything wrong is added to
// mistakes, with file and line: a name that the pack does not have, a value of another JSON type
// than the default (where pack.yaml's `shapes` say nothing else), elements and members too, as far
// as the default or the shape shows theirs. kInvalid: no JSON.
base::Result<std::string> merged_parameters(const Pack& pack, const PackEntry& entry,
                                            std::vector<base::Error>& mistakes);
// The same for who needs all or nothing: the first mistake.
base::Result<std::string> merged_parameters(const Pack& pack, const PackEntry& entry);

}  // namespace bulkhead::decide
