// SPDX-License-Identifier: Apache-2.0
// Writes the bytes of an advisory database (docs/formats/advisory-db.md).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "vuln/record.h"

namespace bulkhead::vuln {

struct SourceFacts {
  std::string name;
  std::string digest;
  uint64_t records = 0;
  base::UnixTime newest = 0;
  uint32_t flags = 0;  // format::kPrivate, format::kFirstHand
};

// Everything that goes into a database. Records must have been prepared.
struct Collected {
  std::vector<SourceFacts> sources;
  struct Item {
    Record record;
    uint32_t source;
  };
  std::vector<Item> records;
  std::vector<KevEntry> kev;
  std::vector<EpssEntry> epss;
  base::UnixTime built = 0;
};

// The same collection gives the same bytes, whatever its order and however many threads. kLimit
// when a table would outgrow its indexes.
base::Result<base::Bytes> write_database(Collected collected, unsigned threads);

// Recomputes the checksums and the digest of a database in memory (after a test changed it).
void seal_database(base::Bytes& file);

}  // namespace bulkhead::vuln
