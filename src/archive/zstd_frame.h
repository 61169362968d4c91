// SPDX-License-Identifier: Apache-2.0
// Single zstd frames (RFC 8878) in memory, for blocks of our own files.
#pragma once

#include <memory>

#include "base/bytes.h"
#include "base/result.h"

namespace bulkhead::archive {

// One frame that carries its content size. The same bytes in give the same bytes out.
base::Bytes pack_zstd(base::ByteView bytes, int level);
// kCorrupt unless the frame is whole and inflates to exactly `size` bytes.
base::Result<base::Bytes> unpack_zstd(base::ByteView frame, size_t size);

// The same for many frames: keeps libzstd's working memory, which costs more than a small frame.
class FrameUnpacker {
 public:
  FrameUnpacker();
  ~FrameUnpacker();
  FrameUnpacker(const FrameUnpacker&) = delete;
  FrameUnpacker& operator=(const FrameUnpacker&) = delete;
  base::Result<base::Bytes> unpack(base::ByteView frame, size_t size);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace bulkhead::archive
