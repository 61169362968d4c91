// SPDX-License-Identifier: Apache-2.0
// The files around a scan: ignore files, cache entries, messages of the other process' making.
#include <algorithm>
#include <cstdint>

#include "decide/waivers/edit.h"
#include "scan/cache/cache.h"

using namespace bulkhead;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  base::ByteView rest = std::as_bytes(std::span(data, size)).subspan(1);
  switch (data[0] % 3) {
    case 0: (void)decide::parse_waivers(".trivyignore", base::as_text(rest)); break;
    case 1: {
      (void)decide::parse_waivers("ignore.yaml", base::as_text(rest));
      decide::Waiver waiver;
      waiver.id = "CVE-2026-1";
      waiver.reason = base::as_text(rest.first(std::min<size_t>(rest.size(), 64)));
      (void)decide::add_waiver("ignore.yaml", base::as_text(rest), waiver, 0);
      break;
    }
    default: {
      base::Bytes aligned(rest.begin(), rest.end());  // as a mapping would be
      (void)scan::decode_tree(aligned);
    }
  }
  return 0;
}
