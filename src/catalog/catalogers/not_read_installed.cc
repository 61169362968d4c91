// SPDX-License-Identifier: Apache-2.0
// Counts installed packages of ecosystems that are not read yet.
#include <array>

#include "catalog/other_records.h"

namespace bulkhead::catalog::catalogers::not_read_installed {
namespace {

constexpr auto kRecords = std::to_array<OtherRecord>({
    {"Java", "archive", "**/*.jar"},
    {"Java", "archive", "**/*.war"},
    {"Java", "archive", "**/*.ear"},
    {"Ruby", "gem", "**/specifications/**/*.gemspec"},
    {"PHP", "Composer list", "**/composer/installed.json"},
    {".NET", "dependency list", "**/*.deps.json"},
    {"Conda", "package", "**/conda-meta/*.json"},
});

}  // namespace

extern constinit const Cataloger descriptor = other_records<kRecords>(
    "not_read_installed", "counts installed packages of ecosystems that are not read yet",
    Trees::kInstalled);

}  // namespace bulkhead::catalog::catalogers::not_read_installed
