// SPDX-License-Identifier: Apache-2.0
// Fuzz target: the reader of shell scripts.
#include "posture/shell_words.h"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  bulkhead::base::Limits limits;
  limits.max_bytes = 1 << 18;
  limits.max_entries = 10'000;
  (void)bulkhead::posture::split_shell({reinterpret_cast<const char*>(data), size}, limits);
  return 0;
}
