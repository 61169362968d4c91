// SPDX-License-Identifier: Apache-2.0
// Counts lock files and manifests of ecosystems that are not read yet.
#include <array>

#include "catalog/other_records.h"

namespace bulkhead::catalog::catalogers::not_read_source {
namespace {

constexpr auto kRecords = std::to_array<OtherRecord>({
    {"Java", "archive", "**/*.jar"},
    {"Java", "archive", "**/*.war"},
    {"Java", "archive", "**/*.ear"},
    {"Java", "project file", "**/pom.xml"},
    {"Java", "lock file", "**/gradle.lockfile"},
    {"Ruby", "lock file", "**/Gemfile.lock"},
    {"PHP", "lock file", "**/composer.lock"},
    {".NET", "lock file", "**/packages.lock.json"},
    {"Dart", "lock file", "**/pubspec.lock"},
    {"Elixir", "lock file", "**/mix.lock"},
    {"Swift", "lock file", "**/Package.resolved"},
    {"CocoaPods", "lock file", "**/Podfile.lock"},
    {"Conan", "lock file", "**/conan.lock"},
    {"Haskell", "lock file", "**/stack.yaml.lock"},
});

}  // namespace

extern constinit const Cataloger descriptor = other_records<kRecords>(
    "not_read_source", "counts lock files and manifests of ecosystems that are not read yet",
    Trees::kSource);

}  // namespace bulkhead::catalog::catalogers::not_read_source
