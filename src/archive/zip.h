// SPDX-License-Identifier: Apache-2.0
// Random-access reader of zip archives in memory (APPNOTE 6.3.10; stored and deflate; zip64).
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/result.h"

namespace bulkhead::archive {

struct ZipEntry {
  std::string_view name;  // view into the archive
  uint64_t packed_size = 0;
  uint64_t size = 0;
  uint32_t crc32 = 0;
  uint16_t method = 0;    // 0 stored, 8 deflate
  uint64_t header_offset = 0;
};

class ZipReader {
 public:
  // Reads the central directory. The bytes must outlive the reader. limits.max_entries bounds the
  // directory; overlapping entries (zip bombs) are kCorrupt.
  static base::Result<ZipReader> open(base::ByteView archive, const base::Limits& limits);
  const std::vector<ZipEntry>& entries() const { return entries_; }
  // Inflates one entry into out (resized; its capacity is reused). limits.max_bytes and the CRC
  // are enforced. Thread-safe: const and without shared state.
  base::Status read(const ZipEntry& entry, base::Bytes& out) const;

 private:
  base::ByteView archive_;
  base::Limits limits_;
  std::vector<ZipEntry> entries_;
};

}  // namespace bulkhead::archive
