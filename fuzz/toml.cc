// SPDX-License-Identifier: Apache-2.0
// parse_toml on any bytes.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/node.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  auto node = bulkhead::base::parse_toml(text, {});
  (void)node;
  return 0;
}
