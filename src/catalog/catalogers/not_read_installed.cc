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

Want wants(const FileInfo& file) { return wants_other(kRecords, file); }

void read(const File& file, FileFacts& out, base::Diagnostics&) { read_other(kRecords, file, out); }

void join(std::span<const Placed> files, Catalog& out, base::Diagnostics&) {
  count_other(kRecords, files, out);
}

}  // namespace

extern constinit const Cataloger descriptor = {
    .name = "not_read_installed",
    .summary = "counts installed packages of ecosystems that are not read yet",
    .trees = Trees::kInstalled,
    .wants = wants,
    .read = read,
    .join = join,
};

}  // namespace bulkhead::catalog::catalogers::not_read_installed
