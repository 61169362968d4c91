// SPDX-License-Identifier: Apache-2.0
// The text of a JSON document whose digest OPA signs: members sorted, no blanks, numbers as
// written.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace bulkhead::policy {

// kInvalid: not JSON, or nested more than 256 deep. Of members that stand twice the last one
// counts, as for Go's reader.
base::Result<std::string> canonical_json(std::string_view json);

}  // namespace bulkhead::policy
