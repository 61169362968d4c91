// SPDX-License-Identifier: Apache-2.0
// Go modules (https://go.dev/ref/mod) as packages.
#pragma once

#include <string>
#include <string_view>

#include "model/package.h"

namespace bulkhead::catalog::golang {

// Whether it can be the path of a module: elements of letters, digits and "-._~" between slashes,
// none of them "." or "..".
bool valid_path(std::string_view path);
// "./fork", "../fork", "/src/fork": a directory in place of a module.
bool is_local(std::string_view path);

// A golang package; the purl's namespace is all of the path but its last element. Versions that say
// nothing, "(devel)", become empty.
model::Package make_package(std::string_view path, std::string_view version);

// "go1.22.3 X:nocoverageredesign" -> "1.22.3", "go1.21rc2" -> "1.21rc2"; "" for development trees.
std::string_view toolchain_version(std::string_view go);
// The standard library, which advisories know under this name.
model::Package make_stdlib(std::string_view version);

}  // namespace bulkhead::catalog::golang
