// SPDX-License-Identifier: Apache-2.0
// Semantic Versioning 2.0.0, as npm, crates.io and others use it. A "v" in front is what npm's own
// parser takes too.
#include "version/scheme.h"
#include "version/semver_parts.h"

namespace bulkhead::version::schemes::semver {
namespace {

bool valid(std::string_view version) {
  if (version.starts_with('v')) version.remove_prefix(1);
  return valid_semver(version);
}

}  // namespace

extern constinit const Scheme descriptor = {
    .name = "semver",
    .summary = "npm, crates.io, Swift and others (Semantic Versioning 2.0.0)",
    .valid = valid,
    .compare = compare_semver,
};

}  // namespace bulkhead::version::schemes::semver
