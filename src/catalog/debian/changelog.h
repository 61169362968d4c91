// SPDX-License-Identifier: Apache-2.0
// Debian changelogs (deb-changelog(5)) as evidence that a build fixed a vulnerability.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "catalog/changelog/claims.h"

namespace bulkhead::catalog::debian {

struct Changelog {
  std::string source;  // package and version of the newest entry: what this is the changelog of
  std::string version;
  std::vector<changelog::Fix> fixes;  // sorted by id, each id once
};

// True when the text begins like a Debian changelog: "name (version) suite; key=value". The first
// hundred bytes or so are enough.
bool looks_like_changelog(std::string_view text);

// What the entries claim to fix. A text that is not a changelog gives an empty source.
Changelog parse_changelog(std::string_view text);

}  // namespace bulkhead::catalog::debian
