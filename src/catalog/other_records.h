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

// What other_records() below is made of.
Want wants_other(std::span<const OtherRecord> records, const FileInfo& file);
void read_other(std::span<const OtherRecord> records, const File& file, FileFacts& out);
void count_other(std::span<const OtherRecord> records, std::span<const Placed> files, Catalog& out);

// The cataloger that counts the records of a table (a constant of the caller) in one kind of trees.
template <const auto& kRecords>
constexpr Cataloger other_records(std::string_view name, std::string_view summary, Trees trees) {
  Cataloger out;
  out.name = name;
  out.summary = summary;
  out.trees = trees;
  out.wants = [](const FileInfo& file) { return wants_other(kRecords, file); };
  out.read = [](const File& file, FileFacts& facts, base::Diagnostics&) {
    read_other(kRecords, file, facts);
  };
  out.join = [](std::span<const Placed> files, Catalog& catalog, base::Diagnostics&) {
    count_other(kRecords, files, catalog);
  };
  return out;
}

}  // namespace bulkhead::catalog
