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

Want wants(const FileInfo& file) { return wants_other(kRecords, file); }

void read(const File& file, FileFacts& out, base::Diagnostics&) { read_other(kRecords, file, out); }

void join(std::span<const Placed> files, Catalog& out, base::Diagnostics&) {
  count_other(kRecords, files, out);
}

}  // namespace

extern constinit const Cataloger descriptor = {
    .name = "not_read_source",
    .summary = "counts lock files and manifests of ecosystems that are not read yet",
    .trees = Trees::kSource,
    .wants = wants,
    .read = read,
    .join = join,
};

}  // namespace bulkhead::catalog::catalogers::not_read_source
