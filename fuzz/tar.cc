// SPDX-License-Identifier: Apache-2.0
// Any bytes as a tar archive: every entry is read, skipped or read in part.
#include <array>
#include <cstdint>

#include "archive/tar.h"

using namespace bulkhead;

namespace {

base::Status walk(archive::TarReader& tar) {
  std::array<std::byte, 1000> out;
  for (unsigned entry = 0; TRY(tar.next()); ++entry) {
    // The result does not matter, the walk through it does.
    (void)archive::normal_path(tar.entry().path).has_value();
    uint64_t left = 1 << 18;  // a hole may be of any size
    while (entry % 3 != 0 && left > out.size()) {
      size_t got = entry % 3 == 1 ? TRY(tar.read(out)) : TRY(tar.read_piece()).size();
      if (got == 0) break;
      left -= std::min<uint64_t>(left, got);
    }
  }
  return {};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  base::MemorySource source({reinterpret_cast<const std::byte*>(data), size});
  archive::TarLimits limits;
  limits.max_entries = 10'000;
  archive::TarReader tar(source, limits);
  (void)walk(tar).has_value();
  return 0;
}
