// SPDX-License-Identifier: Apache-2.0
// Installed npm packages by their paths, as Node.js looks them up
// (https://nodejs.org/api/modules.html, "Loading from node_modules folders").
#include "catalog/npm/installed.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "catalog/npm/manifest.h"
#include "catalog/npm/names.h"

namespace bulkhead::catalog::npm {
namespace {

using base::json::Value;

// By convention, not by any rule: what npm packages call such folders.
constexpr std::array<std::string_view, 24> kTestDirectories = {
    "__fixtures__", "__mocks__", "__test__",   "__tests__",  "bench",         "benchmark",
    "benchmarks",   "demo",      "demos",      "e2e",        "example",       "examples",
    "fixture",      "fixtures",  "mocks",      "sample",     "samples",       "spec",
    "specs",        "test",      "test-data",  "testdata",   "test-fixtures", "tests"};

bool is_test_directory(std::string_view segment) {
  return std::find(kTestDirectories.begin(), kTestDirectories.end(), segment) !=
         kTestDirectories.end();
}

// Takes the next segment off the front of a directory path.
std::string_view take_segment(std::string_view& path) {
  size_t slash = path.find('/');
  std::string_view segment = path.substr(0, slash);
  path.remove_prefix(slash == path.npos ? path.size() : slash + 1);
  return segment;
}

// Whether a segment holds packages by name; `before` is the path in front of it.
bool is_module_folder(std::string_view segment, std::string_view before) {
  if (segment == "node_modules") return true;
  return segment == "nodejs" && (before == "usr/share/" || before.starts_with("usr/lib/")) &&
         std::count(before.begin(), before.end(), '/') <= 3;
}

}  // namespace

bool has_test_directory(std::string_view path) {
  for (std::string_view segment : base::split(path, '/')) {
    if (is_test_directory(segment)) return true;
  }
  return false;
}

Place place_of(std::string_view directory) {
  Place place;
  std::string_view rest = directory;
  bool in_package = false;
  while (!rest.empty()) {
    std::string_view before = directory.substr(0, directory.size() - rest.size());
    std::string_view segment = take_segment(rest);
    if (!is_module_folder(segment, before)) {
      place.kind = in_package ? Place::Kind::kInner : Place::Kind::kOutside;
      place.test_data = place.test_data || (in_package && is_test_directory(segment));
      continue;
    }
    std::string_view from = rest;
    std::string_view name = take_segment(rest);
    if (name.starts_with('.') || name.empty()) {  // .pnpm, .bin, .cache: no package
      place.kind = in_package ? Place::Kind::kInner : Place::Kind::kOutside;
      continue;
    }
    if (name.starts_with('@') && !rest.empty()) {
      std::string_view last = take_segment(rest);
      name = from.substr(0, name.size() + 1 + last.size());
    }
    in_package = true;
    place.kind = Place::Kind::kRoot;
    place.name = name;
  }
  return place;
}

std::optional<model::Package> installed_package(Value manifest, const Place& place,
                                                std::string_view path,
                                                base::Diagnostics& diagnostics) {
  bool root = place.kind == Place::Kind::kRoot;
  std::string_view name = manifest["name"].string_or("");
  if (!valid_name(name)) {
    if (!root || !valid_name(place.name)) return std::nullopt;
    name = place.name;
  }
  std::string_view written = base::trim(manifest["version"].string_or(""));
  auto version = clean_version(written);
  if (!version) {
    if (!root) return std::nullopt;
    if (written.empty()) {
      diagnostics.note("package-without-version", path, "no version: not in the answer");
      return std::nullopt;
    }
    version = written.substr(0, 256);
  }
  model::Package package = make_package(name, *version);
  package.origin = model::Origin::kInstalled;
  package.licences = licences_of(manifest);
  package.supplier = supplier_of(manifest);
  package.digest = digest_of_integrity(manifest["_integrity"].string_or(""));  // npm <= 6
  // Corepack keeps package managers as node_modules keeps packages, but by version.
  if (place.kind == Place::Kind::kOutside && !has_segment(path, "corepack")) {
    package.relation = model::Relation::kRoot;
  }
  return package;
}

}  // namespace bulkhead::catalog::npm
