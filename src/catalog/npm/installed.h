// SPDX-License-Identifier: Apache-2.0
// Where a package.json stands in a tree of installed packages, and the package that it tells of.
#pragma once

#include <optional>
#include <string_view>

#include "base/json.h"
#include "catalog/cataloger.h"
#include "model/package.h"

namespace bulkhead::catalog::npm {

struct Place {
  enum class Kind {
    kRoot,     // node_modules/<name>/: an installed package
    kInner,    // deeper in one
    kOutside,  // not in any node_modules
  } kind = Kind::kOutside;
  bool test_data = false;  // in a test directory that an installed package ships
  std::string_view name;   // of a kRoot: as the path has it
};

// Of the directory that a package.json stands in.
Place place_of(std::string_view directory);

// Whether a directory of tests, examples or the like is on the path.
bool has_test_directory(std::string_view path);

// The package that a package.json tells of; nullopt when it tells of none.
std::optional<model::Package> installed_package(base::json::Value manifest, const Place& place,
                                                std::string_view path,
                                                base::Diagnostics& diagnostics);

}  // namespace bulkhead::catalog::npm
