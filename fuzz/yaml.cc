// SPDX-License-Identifier: Apache-2.0
// Fuzz target: the YAML reader, with limits small enough that unfolding is tried out.
#include <cstdint>

#include "base/node.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  bulkhead::base::Limits limits;
  limits.max_entries = 10'000;
  limits.max_bytes = 1 << 20;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)bulkhead::base::parse_yaml_stream(text, limits);
  return 0;
}
