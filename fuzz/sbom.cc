// SPDX-License-Identifier: Apache-2.0
// Every reader of foreign bills of materials.
#include "sbom/sbom.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace bulkhead;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  base::Limits limits;
  limits.max_entries = 10'000;
  base::Diagnostics diagnostics;
  (void)sbom::read(text, "fuzz", limits, diagnostics);
  return 0;
}
