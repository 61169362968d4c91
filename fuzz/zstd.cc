// SPDX-License-Identifier: Apache-2.0
// Any bytes as a zstd stream: read to the end or to the first error.
#include <array>
#include <cstdint>

#include "archive/compress.h"

using namespace bulkhead;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  base::MemorySource packed({reinterpret_cast<const std::byte*>(data), size});
  base::Limits limits;
  limits.max_bytes = 1 << 20;
  auto source = archive::zstd_source(packed, limits);
  std::array<std::byte, 4096> out;
  while (true) {
    auto got = (*source)->read(out);
    if (!got || *got == 0) return 0;
  }
}
