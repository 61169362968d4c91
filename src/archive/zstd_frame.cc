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

struct FrameUnpacker::State {
  std::unique_ptr<ZSTD_DCtx, size_t (*)(ZSTD_DCtx*)> context{ZSTD_createDCtx(), ZSTD_freeDCtx};
};

FrameUnpacker::FrameUnpacker() : state_(std::make_unique<State>()) {}
FrameUnpacker::~FrameUnpacker() = default;

base::Result<base::Bytes> unpack_zstd(base::ByteView frame, size_t size) {
  return FrameUnpacker().unpack(frame, size);
}

base::Result<base::Bytes> FrameUnpacker::unpack(base::ByteView frame, size_t size) {
  CHECK(state_->context != nullptr);
  base::Bytes out(size);
  size_t got = ZSTD_decompressDCtx(state_->context.get(), out.data(), out.size(), frame.data(),
                                   frame.size());
  if (ZSTD_isError(got)) {
    return base::Error(base::Code::kCorrupt, std::string("zstd: ") + ZSTD_getErrorName(got));
  }
  if (got != size) return base::Error(base::Code::kCorrupt, "zstd: frame of another size");
  return out;
}

}  // namespace bulkhead::archive
