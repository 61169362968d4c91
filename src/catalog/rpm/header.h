// SPDX-License-Identifier: Apache-2.0
// RPM headers: the record of one installed package, as rpm keeps it in its database.
//
// Layout (rpm, docs/manual/format_header.md): two big-endian counts (index entries, data bytes),
// then the index (tag, type, offset, count; 16 bytes each), then the data.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace bulkhead::catalog::rpm {

enum class Tag : uint32_t {
  kName = 1000,
  kVersion = 1001,
  kRelease = 1002,
  kEpoch = 1003,
  kVendor = 1011,
  kLicense = 1014,
  kArch = 1022,
  kOldFilenames = 1027,
  kFileDigests = 1035,
  kFileFlags = 1037,
  kSourceRpm = 1044,
  kChangelogName = 1081,
  kChangelogText = 1082,
  kDirIndexes = 1116,
  kBasenames = 1117,
  kDirNames = 1118,
  kFileDigestAlgo = 5011,
  kModularityLabel = 5096,
};

// A view of a header; the bytes must outlive it.
class Header {
 public:
  // kCorrupt when the counts do not fit the bytes. Single broken entries read as absent.
  static base::Result<Header> parse(base::ByteView blob);

  std::string_view string(Tag tag) const;         // "" when absent
  std::optional<uint32_t> number(Tag tag) const;  // first of the values
  std::vector<uint32_t> numbers(Tag tag) const;
  std::vector<std::string_view> strings(Tag tag) const;  // a string array or one string

 private:
  struct Entry {
    uint32_t tag, type, offset, count;
  };
  const Entry* find(Tag tag) const;

  std::vector<Entry> entries_;  // sorted by tag
  base::ByteView data_;
};

}  // namespace bulkhead::catalog::rpm
