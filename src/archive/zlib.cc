// SPDX-License-Identifier: Apache-2.0
// Inflates a zlib stream (RFC 1950) by ISA-L, in steps, so that memory follows the output and not
// what a header claims.
#include "archive/zlib.h"

#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <string>

#include <isa-l/igzip_lib.h>

namespace bulkhead::archive {

using base::Bytes;
using base::ByteView;
using base::Code;
using base::Error;
using base::Result;

namespace {

// ISA-L takes a pointer to mutable bytes and does not write through it.
std::unique_ptr<inflate_state> begin_inflating(ByteView compressed) {
  auto state = std::make_unique<inflate_state>();
  isal_inflate_init(state.get());
  state->crc_flag = ISAL_ZLIB;
  state->next_in = reinterpret_cast<uint8_t*>(const_cast<std::byte*>(compressed.data()));
  state->avail_in = static_cast<uint32_t>(compressed.size());
  return state;
}

Error over_limit(uint64_t max_bytes) {
  return Error(Code::kLimit,
               "inflates to more than the limit of " + std::to_string(max_bytes) + " bytes");
}

}  // namespace

Result<Bytes> inflate_zlib(ByteView compressed, uint64_t max_bytes) {
  constexpr size_t kFirstStep = 16 << 10;
  constexpr size_t kStep = 1 << 20;
  if (compressed.size() > std::numeric_limits<uint32_t>::max()) {
    return Error(Code::kLimit, "zlib stream of more than 4 GiB");
  }
  max_bytes = std::min<uint64_t>(max_bytes, std::numeric_limits<uint32_t>::max());
  auto state = begin_inflating(compressed);

  Bytes out;
  size_t filled = 0;
  while (state->block_state != ISAL_BLOCK_FINISH) {
    if (filled == out.size()) {
      if (filled > max_bytes) return over_limit(max_bytes);
      // One byte above the limit tells "exactly the limit" from "more".
      size_t step = std::clamp(filled, kFirstStep, kStep);
      out.resize(static_cast<size_t>(std::min<uint64_t>(max_bytes + 1, filled + step)));
    }
    state->next_out = reinterpret_cast<uint8_t*>(out.data() + filled);
    state->avail_out = static_cast<uint32_t>(out.size() - filled);
    int status = isal_inflate(state.get());
    size_t now = out.size() - state->avail_out;
    if (status != ISAL_DECOMP_OK && status != ISAL_END_INPUT) {
      return Error(Code::kCorrupt, "malformed zlib stream");
    }
    bool stuck = now == filled && state->avail_in == 0;
    filled = now;
    if (stuck && state->block_state != ISAL_BLOCK_FINISH) {
      return Error(Code::kCorrupt, "truncated zlib stream");
    }
  }
  if (filled > max_bytes) return over_limit(max_bytes);
  out.resize(filled);
  return out;
}

Result<ZlibExtent> measure_zlib(ByteView compressed, uint64_t max_bytes, size_t head_bytes) {
  compressed = compressed.first(
      std::min<size_t>(compressed.size(), std::numeric_limits<uint32_t>::max()));
  auto state = begin_inflating(compressed);
  ZlibExtent out;
  std::array<std::byte, 32 << 10> scratch;
  while (state->block_state != ISAL_BLOCK_FINISH) {
    state->next_out = reinterpret_cast<uint8_t*>(scratch.data());
    state->avail_out = static_cast<uint32_t>(scratch.size());
    int status = isal_inflate(state.get());
    if (status != ISAL_DECOMP_OK && status != ISAL_END_INPUT) {
      return Error(Code::kCorrupt, "malformed zlib stream");
    }
    auto fresh = std::span(scratch).first(scratch.size() - state->avail_out);
    if (fresh.empty() && state->avail_in == 0 && state->block_state != ISAL_BLOCK_FINISH) {
      return Error(Code::kCorrupt, "truncated zlib stream");
    }
    size_t wanted = std::min(fresh.size(), head_bytes - out.head.size());
    out.head.insert(out.head.end(), fresh.begin(), fresh.begin() + static_cast<ptrdiff_t>(wanted));
    out.inflated_bytes += fresh.size();
    if (out.inflated_bytes > max_bytes) return over_limit(max_bytes);
  }
  // Whole bytes behind the checksum that it has taken in and not looked at.
  size_t ahead = static_cast<size_t>(state->read_in_length) / 8;
  out.packed_bytes = compressed.size() - state->avail_in - ahead;
  return out;
}

}  // namespace bulkhead::archive
