// SPDX-License-Identifier: Apache-2.0
// Verdicts as JSON: docs/formats/verdict.md, data/schemas/verdict-1.schema.json.
#pragma once

#include "base/json.h"
#include "base/result.h"
#include "model/verdict.h"

namespace bulkhead::model {

// Writes one object. Members that are unknown or empty are left out.
void write_verdict(base::json::Writer& writer, const Verdict& verdict);

// kInvalid names the member that is missing or wrong. Unknown members are passed over, so that an
// older program reads what a newer one kept.
base::Result<Verdict> read_verdict(const base::json::Value& value);

}  // namespace bulkhead::model
