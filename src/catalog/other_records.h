// SPDX-License-Identifier: Apache-2.0
// Records of ecosystems that no cataloger reads yet. They are counted by their names alone, so that
// a report says what its "no known vulnerabilities" does not speak of.
#pragma once

#include <span>
#include <string_view>

#include "catalog/cataloger.h"

namespace bulkhead::catalog {

struct OtherRecord {
  std::string_view ecosystem;  // "Java"
  std::string_view what;       // one such file, in the singular: "lock file"
  std::string_view glob;       // of its path
};

// What a cataloger of them does; `records` is the table of one kind of trees.
Want wants_other(std::span<const OtherRecord> records, const FileInfo& file);
void read_other(std::span<const OtherRecord> records, const File& file, FileFacts& out);
void count_other(std::span<const OtherRecord> records, std::span<const Placed> files, Catalog& out);

}  // namespace bulkhead::catalog
