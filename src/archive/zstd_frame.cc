// SPDX-License-Identifier: Apache-2.0
// Single zstd frames through libzstd's one-shot functions. The size is known to the caller and is
// not taken from the frame, so a forged frame cannot make us allocate.
#include "archive/zstd_frame.h"

#include <zstd.h>

#include "base/check.h"

namespace bulkhead::archive {

base::Bytes pack_zstd(base::ByteView bytes, int level) {
  base::Bytes out(ZSTD_compressBound(bytes.size()));
  size_t size = ZSTD_compress(out.data(), out.size(), bytes.data(), bytes.size(), level);
  CHECK(!ZSTD_isError(size));
  out.resize(size);
  return out;
}

base::Result<base::Bytes> unpack_zstd(base::ByteView frame, size_t size) {
  base::Bytes out(size);
  size_t got = ZSTD_decompress(out.data(), out.size(), frame.data(), frame.size());
  if (ZSTD_isError(got)) {
    return base::Error(base::Code::kCorrupt, std::string("zstd: ") + ZSTD_getErrorName(got));
  }
  if (got != size) return base::Error(base::Code::kCorrupt, "zstd: frame of another size");
  return out;
}

}  // namespace bulkhead::archive
