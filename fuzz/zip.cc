// SPDX-License-Identifier: Apache-2.0
// Any bytes as a zip archive: every entry is read.
#include <cstdint>

#include "archive/zip.h"

using namespace bulkhead;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  base::Limits limits;
  limits.max_bytes = 1 << 20;
  limits.max_entries = 1000;
  auto zip = archive::ZipReader::open({reinterpret_cast<const std::byte*>(data), size}, limits);
  if (!zip) return 0;
  base::Bytes out;
  for (const archive::ZipEntry& entry : zip->entries()) {
    (void)zip->read(entry, out).has_value();
  }
  return 0;
}
