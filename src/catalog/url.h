// SPDX-License-Identifier: Apache-2.0
// URLs of packages that do not come from their ecosystem's registry, and how a purl says so.
#pragma once

#include <string>
#include <string_view>

#include "model/package.h"

namespace bulkhead::catalog {

// The URL as valid UTF-8 without what may be a secret: user and password of http and https, the
// password of anything else. Manifests and lock files carry tokens there, reports must not.
std::string public_url(std::string_view url);

// Qualifiers of the purl specification. Empty URLs set nothing.
void set_vcs_url(model::Package& package, std::string_view url, std::string_view revision);
void set_download_url(model::Package& package, std::string_view url);
void set_repository_url(model::Package& package, std::string_view url);

}  // namespace bulkhead::catalog
