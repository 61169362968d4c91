// SPDX-License-Identifier: Apache-2.0
// An rpm database in SQLite with its write-ahead log: four bytes of the database's size (little
// endian), the database, the log. Frames with wrong checksums end a log, so they are put right
// here: otherwise no changed frame would ever be read.
#include <cstdint>
#include <string>

#include "catalog/rpm/database.h"
#include "catalog/rpm/header.h"
#include "tests/support/sqlite_log.h"

using namespace bulkhead;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  base::ByteReader in(std::as_bytes(std::span(data, size)));
  auto database_size = in.little<uint32_t>();
  if (!database_size) return 0;
  auto database = in.take(std::min<size_t>(*database_size, in.remaining()));
  std::string log(base::as_text(*in.take(in.remaining())));
  for (const std::string& text : {log, testing::seal_sqlite_log(log)}) {
    (void)catalog::rpm::read_database(*database, base::as_bytes(text), [](base::ByteView blob) {
      (void)catalog::rpm::Header::parse(blob);
    });
  }
  return 0;
}
