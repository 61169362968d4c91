// SPDX-License-Identifier: Apache-2.0
// Signatures of bundles: .signatures.json holds one JWT that lists every file with its digest.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "policy/bundle.h"

namespace bulkhead::policy {

// Checks `signatures` (null: the bundle has none) over all other files. The id of the key that
// verified it; empty when no keys are given or verification is off. kDenied names what is wrong.
base::Result<std::string> check_signature(const BundleFile* signatures,
                                          std::span<const BundleFile> files,
                                          const BundleOptions& options);

}  // namespace bulkhead::policy
