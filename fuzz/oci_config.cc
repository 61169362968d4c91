// SPDX-License-Identifier: Apache-2.0
// Any bytes as an image config.
#include <cstdint>

#include "oci/manifest.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  (void)bulkhead::oci::parse_config({reinterpret_cast<const char*>(data), size}).has_value();
  return 0;
}
