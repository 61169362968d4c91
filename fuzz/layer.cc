// SPDX-License-Identifier: Apache-2.0
// A layer of hostile bytes through the whole pass: inflate, tar, catalogers, cache entry and back.
#include <cstdint>

#include "scan/cache/cache.h"
#include "scan/layer_pass.h"

using namespace bulkhead;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  base::ByteView bytes = std::as_bytes(std::span(data, size));
  scan::Spill spill{base::Fd()};
  auto open = [&]() -> base::Result<std::unique_ptr<base::Source>> {
    return std::unique_ptr<base::Source>(std::make_unique<base::MemorySource>(bytes));
  };
  auto facts = scan::read_layer({}, open, {1, 2}, spill);
  if (!facts) return 0;
  std::string encoded;
  scan::encode_tree(*facts, encoded);
  CHECK(scan::decode_tree(base::as_bytes(encoded)).has_value());
  return 0;
}
