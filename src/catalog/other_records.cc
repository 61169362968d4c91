// SPDX-License-Identifier: Apache-2.0
// Counts files by their names; of what was found only the row of the table is kept.
#include "catalog/other_records.h"

#include <map>
#include <string>
#include <utility>

#include "base/counted.h"
#include "base/text.h"

namespace bulkhead::catalog {
namespace {

// Asked of every file: the end of its name decides first, which is cheap.
const OtherRecord* record_of(std::span<const OtherRecord> records, const FileInfo& file) {
  for (const OtherRecord& record : records) {
    std::string_view last = record.glob.substr(record.glob.rfind('/') + 1);
    bool ends = last.front() == '*' ? file.base.ends_with(last.substr(1)) : file.base == last;
    if (ends && base::glob_match(record.glob, file.path)) return &record;
  }
  return nullptr;
}

}  // namespace

Want wants_other(std::span<const OtherRecord> records, const FileInfo& file) {
  return record_of(records, file) != nullptr ? Want::kPresence : Want::kNone;
}

void read_other(std::span<const OtherRecord> records, const File& file, FileFacts& out) {
  const OtherRecord* record = record_of(records, file.info);
  if (record != nullptr) out.strings.push_back(std::to_string(record - records.data()));
}

void count_other(std::span<const OtherRecord> records, std::span<const Placed> files,
                 Catalog& out) {
  std::map<std::pair<std::string_view, std::string_view>, uint64_t> counts;
  for (const Placed& file : files) {
    auto row = base::to_number<size_t>(file.facts->strings.front());
    if (row && *row < records.size()) ++counts[{records[*row].ecosystem, records[*row].what}];
  }
  for (const auto& [record, count] : counts) {
    out.not_read.push_back({std::string(record.first) + ": " + base::counted(count, record.second),
                            "packages of this ecosystem are not read yet", count});
  }
}

}  // namespace bulkhead::catalog
