// SPDX-License-Identifier: Apache-2.0
// Inflating streams: gzip (RFC 1952) by ISA-L, zstd (RFC 8878) by libzstd, or the bytes as they
// are.
//
// This is the floor of a scan's time, so bytes go from the decoder straight into the caller's
// buffer. ISA-L first fills a window of its own and decodes directly only into what is left of the
// caller's buffer: callers that hand in 256 KiB or more avoid most of a second copy.
#include "archive/compress.h"

#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <utility>

namespace bulkhead::archive {
namespace {

using base::ByteView;
using base::Code;
using base::Error;
using base::Limits;
using base::Result;
using base::Source;
using base::Status;

constexpr size_t kBufferBytes = 256 << 10;
// Up to here any ratio is fine: a layer may begin with a file of zeros, which zstd packs 30,000:1.
constexpr uint64_t kStreamRatioFloorBytes = 64 << 20;
constexpr int kZstdWindowLogMax = 27;  // 128 MiB, what `zstd -d` accepts by default

// The packed side: bytes read but not yet decoded, refilled when they run out.
class Input {
 public:
  explicit Input(Source& source)
      : source_(&source), buffer_(std::make_unique_for_overwrite<std::byte[]>(kBufferBytes)) {}
  explicit Input(ByteView whole) : ready_(whole), total_(whole.size()) {}

  ByteView ready() const { return ready_; }
  void consume(size_t count) { ready_ = ready_.subspan(count); }
  uint64_t consumed() const { return total_ - ready_.size(); }
  Source* source() { return source_; }

  // Reads more once nothing is ready; false at the end.
  Result<bool> fill() {
    if (!ready_.empty()) return true;
    return gather(1);
  }

  // Has at least `count` bytes ready, unless the input ends before.
  Result<bool> gather(size_t count) {
    while (ready_.size() < count) {
      if (source_ == nullptr || ended_) return false;
      std::copy(ready_.begin(), ready_.end(), buffer_.get());
      size_t kept = ready_.size();
      size_t got = TRY(source_->read(std::span(buffer_.get() + kept, kBufferBytes - kept)));
      ended_ = got == 0;
      total_ += got;
      ready_ = ByteView(buffer_.get(), kept + got);
    }
    return true;
  }

 private:
  Source* source_ = nullptr;
  std::unique_ptr<std::byte[]> buffer_;
  ByteView ready_;
  uint64_t total_ = 0;
  bool ended_ = false;
};

// Counts what comes out against the limits.
class Budget {
 public:
  explicit Budget(const Limits& limits)
      : max_bytes_(limits.max_bytes), max_ratio_(std::max(limits.max_ratio, 1u)) {}

  Status spend(uint64_t produced, uint64_t consumed) {
    total_ += produced;
    if (total_ > max_bytes_) {
      return Error(Code::kLimit, "inflates to more than " + std::to_string(max_bytes_) + " bytes");
    }
    if (total_ > kStreamRatioFloorBytes && total_ / max_ratio_ > consumed) {
      return Error(Code::kLimit,
                   "inflates to more than " + std::to_string(max_ratio_) + " times its size");
    }
    return {};
  }

 private:
  uint64_t max_bytes_;
  uint64_t max_ratio_;
  uint64_t total_ = 0;
};

// Both decoders skip by decoding into a buffer large enough to keep them at full speed.
class DecodingSource : public Source {
 public:
  Result<uint64_t> skip(uint64_t count) final {
    if (!scratch_) scratch_ = std::make_unique_for_overwrite<std::byte[]>(kBufferBytes);
    uint64_t skipped = 0;
    while (skipped < count) {
      size_t want = static_cast<size_t>(std::min<uint64_t>(kBufferBytes, count - skipped));
      size_t got = TRY(read(std::span(scratch_.get(), want)));
      if (got == 0) break;
      skipped += got;
    }
    return skipped;
  }

 private:
  std::unique_ptr<std::byte[]> scratch_;
};

class GzipSource final : public DecodingSource {
  static constexpr uint32_t kMaxHeaderBytes = 1 << 20;
  static constexpr uint8_t kCrcFlag = 2, kExtraFlag = 4, kNameFlag = 8, kCommentFlag = 16;
  static constexpr uint8_t kReservedFlags = 0xe0;

 public:
  GzipSource(Input input, const Limits& limits)
      : input_(std::move(input)), budget_(limits), state_(std::make_unique<inflate_state>()) {
    start_member();
  }

  Result<size_t> read(std::span<std::byte> out) override {
    while (true) {
      if (in_member_) {
        size_t produced = TRY(inflate(out));
        if (produced != 0) return produced;
      } else if (!TRY(next_member())) {
        return size_t{0};
      }
    }
  }

 private:
  void start_member() {
    isal_inflate_init(state_.get());
    state_->crc_flag = ISAL_GZIP_NO_HDR_VER;  // after our header; verifies CRC32 and ISIZE
    in_member_ = true;
    at_header_ = true;
  }

  Result<uint8_t> header_byte() {
    if (!TRY(input_.fill())) return Error(Code::kCorrupt, "gzip: truncated");
    auto byte = static_cast<uint8_t>(input_.ready()[0]);
    input_.consume(1);
    header_crc_ = crc32_gzip_refl(header_crc_, &byte, 1);
    if (++header_bytes_ > kMaxHeaderBytes) {
      return Error(Code::kLimit, "gzip: header of more than 1 MiB");
    }
    return byte;
  }

  base::Status skip_text() {
    while (TRY(header_byte()) != 0) {
    }
    return {};
  }

  // RFC 1952, section 2.3. Read here because ISA-L forgets the flags of a header that comes in
  // pieces and then takes a name for data.
  base::Status read_header() {
    header_crc_ = 0;
    header_bytes_ = 0;
    std::array<uint8_t, 10> fixed{};
    for (uint8_t& byte : fixed) byte = TRY(header_byte());
    if (fixed[0] != 0x1f || fixed[1] != 0x8b) return failure(ISAL_INVALID_WRAPPER);
    if (fixed[2] != 8) return failure(ISAL_UNSUPPORTED_METHOD);
    uint8_t flags = fixed[3];
    if ((flags & kReservedFlags) != 0) return failure(ISAL_INVALID_WRAPPER);
    if ((flags & kExtraFlag) != 0) {
      uint32_t size = TRY(header_byte());
      size |= static_cast<uint32_t>(TRY(header_byte())) << 8;
      for (; size > 0; --size) TRY(header_byte());
    }
    if ((flags & kNameFlag) != 0) TRY(skip_text());
    if ((flags & kCommentFlag) != 0) TRY(skip_text());
    if ((flags & kCrcFlag) != 0) {
      uint32_t expected = header_crc_ & 0xffff;
      uint32_t stated = TRY(header_byte());
      stated |= static_cast<uint32_t>(TRY(header_byte())) << 8;
      if (stated != expected) return Error(Code::kCorrupt, "gzip: header checksum mismatch");
    }
    at_header_ = false;
    return {};
  }

  Result<size_t> inflate(std::span<std::byte> out) {
    if (at_header_) TRY(read_header());
    bool more = TRY(input_.fill());
    constexpr size_t kMost = std::numeric_limits<uint32_t>::max() / 4;
    ByteView in = input_.ready().first(std::min(input_.ready().size(), kMost));
    out = out.first(std::min(out.size(), kMost));
    // ISA-L's interface is not const; it does not write to its input.
    state_->next_in = reinterpret_cast<uint8_t*>(const_cast<std::byte*>(in.data()));
    state_->avail_in = static_cast<uint32_t>(in.size());
    state_->next_out = reinterpret_cast<uint8_t*>(out.data());
    state_->avail_out = static_cast<uint32_t>(out.size());
    int code = isal_inflate(state_.get());
    // After an error its counters are not reliable: avail_in may have wrapped.
    if (code != ISAL_DECOMP_OK || state_->avail_in > in.size()) return failure(code);
    size_t consumed = in.size() - state_->avail_in;
    size_t produced = out.size() - state_->avail_out;
    input_.consume(consumed);
    if (state_->block_state == ISAL_BLOCK_FINISH) {
      in_member_ = false;
    } else if (consumed == 0 && produced == 0) {
      return Error(Code::kCorrupt, more ? "gzip: malformed" : "gzip: truncated");
    }
    TRY(budget_.spend(produced, input_.consumed()));
    return produced;
  }

  // What follows a member: another one, nothing, or the zeros of a padded medium.
  Result<bool> next_member() {
    if (!TRY(input_.fill())) return false;
    if (input_.ready()[0] == std::byte{0x1f}) {
      start_member();
      return true;
    }
    while (TRY(input_.fill())) {
      ByteView rest = input_.ready();
      if (std::any_of(rest.begin(), rest.end(), [](std::byte b) { return b != std::byte{0}; })) {
        return Error(Code::kCorrupt, "gzip: garbage after the last member");
      }
      input_.consume(rest.size());
    }
    return false;
  }

  static Error failure(int code) {
    switch (code) {
      case ISAL_INVALID_WRAPPER: return Error(Code::kCorrupt, "gzip: bad header");
      case ISAL_UNSUPPORTED_METHOD: return Error(Code::kCorrupt, "gzip: unknown method");
      case ISAL_INCORRECT_CHECKSUM: return Error(Code::kCorrupt, "gzip: checksum mismatch");
      default: return Error(Code::kCorrupt, "gzip: malformed deflate data");
    }
  }

  Input input_;
  Budget budget_;
  std::unique_ptr<inflate_state> state_;
  bool in_member_ = false;
  bool at_header_ = false;
  uint32_t header_crc_ = 0;
  uint32_t header_bytes_ = 0;
};

class ZstdSource final : public DecodingSource {
 public:
  ZstdSource(Input input, const Limits& limits)
      : input_(std::move(input)), budget_(limits), context_(ZSTD_createDCtx()) {
    CHECK(context_ != nullptr);
    size_t code =
        ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, kZstdWindowLogMax);
    CHECK(ZSTD_isError(code) == 0);
  }

  Result<size_t> read(std::span<std::byte> out) override {
    while (true) {
      if (!in_frame_ && !TRY(next_frame())) return size_t{0};
      size_t produced = TRY(decode(out));
      if (produced != 0) return produced;
    }
  }

 private:
  // Looks at the magic number before libzstd does: it would also take the formats from before the
  // standard, whose decoders hostile input need not reach.
  Result<bool> next_frame() {
    TRY(input_.gather(4));
    ByteView head = input_.ready();
    if (head.empty() && any_frame_) return false;
    if (head.size() < 4) return Error(Code::kCorrupt, "zstd: truncated");
    if (detect_compression(head) != Compression::kZstd) {
      return Error(Code::kCorrupt, any_frame_ ? "zstd: garbage after a frame"
                                              : "zstd: no frame at the start");
    }
    in_frame_ = any_frame_ = true;
    return true;
  }

  Result<size_t> decode(std::span<std::byte> out) {
    bool more = TRY(input_.fill());
    ZSTD_inBuffer in{input_.ready().data(), input_.ready().size(), 0};
    ZSTD_outBuffer produced{out.data(), out.size(), 0};
    size_t code = ZSTD_decompressStream(context_.get(), &produced, &in);
    input_.consume(in.pos);
    if (ZSTD_isError(code) != 0) return failure(code);
    if (code == 0) {
      in_frame_ = false;
    } else if (in.pos == 0 && produced.pos == 0) {
      return Error(Code::kCorrupt, more ? "zstd: malformed" : "zstd: truncated");
    }
    TRY(budget_.spend(produced.pos, input_.consumed()));
    return produced.pos;
  }

  static Error failure(size_t code) {
    std::string message = std::string("zstd: ") + ZSTD_getErrorName(code);
    switch (ZSTD_getErrorCode(code)) {
      case ZSTD_error_frameParameter_windowTooLarge:
        return Error(Code::kLimit, "zstd: the window is larger than 128 MiB");
      case ZSTD_error_dictionary_wrong:
        return Error(Code::kUnsupported, "zstd: the frame needs a dictionary");
      case ZSTD_error_memory_allocation: return Error(Code::kLimit, std::move(message));
      default: return Error(Code::kCorrupt, std::move(message));
    }
  }

  struct Free {
    void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
  };

  Input input_;
  Budget budget_;
  std::unique_ptr<ZSTD_DCtx, Free> context_;
  bool in_frame_ = false;
  bool any_frame_ = false;
};

// Bytes as they are; after the head that was peeked at, reads and skips go to the source itself.
class PlainSource final : public Source {
 public:
  PlainSource(Input input, const Limits& limits)
      : input_(std::move(input)), left_(limits.max_bytes) {}

  Result<size_t> read(std::span<std::byte> out) override {
    size_t got = std::min(out.size(), input_.ready().size());
    if (got != 0) {
      std::copy_n(input_.ready().begin(), got, out.begin());
      input_.consume(got);
    } else {
      got = TRY(input_.source()->read(out));
    }
    TRY(spend(got));
    return got;
  }

  Result<uint64_t> skip(uint64_t count) override {
    uint64_t skipped = std::min<uint64_t>(count, input_.ready().size());
    input_.consume(static_cast<size_t>(skipped));
    if (skipped < count) skipped += TRY(input_.source()->skip(count - skipped));
    TRY(spend(skipped));
    return skipped;
  }

 private:
  Status spend(uint64_t count) {
    if (count > left_) return Error(Code::kLimit, "more bytes than the limit allows");
    left_ -= count;
    return {};
  }

  Input input_;
  uint64_t left_;
};

}  // namespace

std::string_view compression_name(Compression compression) {
  switch (compression) {
    case Compression::kNone: return "none";
    case Compression::kGzip: return "gzip";
    case Compression::kZstd: return "zstd";
    case Compression::kBzip2: return "bzip2";
    case Compression::kXz: return "xz";
  }
  return "unknown";
}

Compression detect_compression(ByteView head) {
  std::string_view text = base::as_text(head);
  if (text.starts_with("\x1f\x8b\x08")) return Compression::kGzip;
  if (text.starts_with("\x28\xb5\x2f\xfd")) return Compression::kZstd;
  // A skippable frame: 0x184D2A50 to 0x184D2A5F, little endian.
  if (text.size() >= 4 && text.substr(1, 3) == "\x2a\x4d\x18" && (text[0] & 0xf0) == 0x50) {
    return Compression::kZstd;
  }
  using namespace std::string_view_literals;
  if (text.starts_with("\xfd\x37zXZ\0"sv)) return Compression::kXz;
  // A block follows, or at once the end of an empty stream; "BZh" alone may be a tar entry's name.
  if (text.size() >= 6 && text.starts_with("BZh") && text[3] >= '1' && text[3] <= '9' &&
      (text.substr(4, 2) == "\x31\x41" || text.substr(4, 2) == "\x17\x72")) {
    return Compression::kBzip2;
  }
  return Compression::kNone;
}

Result<std::unique_ptr<Source>> gzip_source(Source& compressed, const Limits& limits) {
  return std::unique_ptr<Source>(std::make_unique<GzipSource>(Input(compressed), limits));
}

Result<std::unique_ptr<Source>> zstd_source(Source& compressed, const Limits& limits) {
  return std::unique_ptr<Source>(std::make_unique<ZstdSource>(Input(compressed), limits));
}

Result<std::unique_ptr<Source>> inflate_source(Source& compressed, const Limits& limits) {
  Input input(compressed);
  TRY(input.gather(6));
  std::unique_ptr<Source> source;
  switch (Compression compression = detect_compression(input.ready())) {
    case Compression::kGzip:
      source = std::make_unique<GzipSource>(std::move(input), limits);
      break;
    case Compression::kZstd:
      source = std::make_unique<ZstdSource>(std::move(input), limits);
      break;
    case Compression::kNone:
      source = std::make_unique<PlainSource>(std::move(input), limits);
      break;
    case Compression::kBzip2:
    case Compression::kXz:
      return Error(Code::kUnsupported,
                   std::string(compression_name(compression)) + " compression is not supported");
  }
  return source;
}

Result<base::Bytes> gunzip(ByteView compressed, uint64_t max_bytes) {
  Limits limits;
  limits.max_bytes = max_bytes;
  GzipSource source(Input(compressed), limits);
  return base::read_all(source, max_bytes);
}

}  // namespace bulkhead::archive
