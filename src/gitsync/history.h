// SPDX-License-Identifier: Apache-2.0
// Whether a commit stands on another one. Internal to this room.
#pragma once

#include <string>

#include "base/result.h"
#include "gitsync/deadline.h"
#include "gitsync/object_store.h"

namespace bulkhead::gitsync {

// Whether `ancestor` is `commit` or is reached from it by parents. Only over commits that are in
// the store: the history may be cut off anywhere, and false then means "not as far as is known
// here".
base::Result<bool> reaches(const ObjectStore& store, const std::string& commit,
                           const std::string& ancestor, const Deadline& deadline);

}  // namespace bulkhead::gitsync
