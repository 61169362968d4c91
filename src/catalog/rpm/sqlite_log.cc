// SPDX-License-Identifier: Apache-2.0
// The format is section 4 of https://www.sqlite.org/fileformat.html: a header of 32 bytes, then
// frames of a 24-byte header and a page. Checksums run on from frame to frame, so the first frame
// that does not match ends the log.
#include "catalog/rpm/sqlite_log.h"

namespace bulkhead::catalog::rpm {
namespace {

constexpr uint32_t kMagic = 0x377f0682;  // the lowest bit says: checksum words are big-endian
constexpr uint32_t kVersion = 3007000;
constexpr size_t kHeader = 32;
constexpr size_t kFrameHeader = 24;
constexpr size_t kSummedOfHeader = 24;
constexpr size_t kSummedOfFrame = 8;

uint32_t big(base::ByteView bytes, size_t offset) {
  uint32_t value = 0;
  for (std::byte b : bytes.subspan(offset, 4)) value = value << 8 | static_cast<uint8_t>(b);
  return value;
}

class Checksum {
 public:
  explicit Checksum(bool big_endian) : big_endian_(big_endian) {}

  // A multiple of eight bytes.
  void add(base::ByteView bytes) {
    base::ByteReader in(bytes);
    while (in.remaining() >= 8) {
      first_ += word(in) + second_;
      second_ += word(in) + first_;
    }
  }
  bool matches(base::ByteView bytes, size_t offset) const {
    return first_ == big(bytes, offset) && second_ == big(bytes, offset + 4);
  }

 private:
  uint32_t word(base::ByteReader& in) const {
    return *(big_endian_ ? in.big<uint32_t>() : in.little<uint32_t>());
  }

  bool big_endian_;
  uint32_t first_ = 0;
  uint32_t second_ = 0;
};

bool is_page_size(size_t size) { return size >= 512 && size <= 65536 && (size & (size - 1)) == 0; }

}  // namespace

SqliteLog SqliteLog::read(base::ByteView bytes) {
  SqliteLog out;
  out.bytes_ = bytes;
  if (bytes.size() < kHeader) return out;
  uint32_t magic = big(bytes, 0);
  out.page_size_ = big(bytes, 8);
  bool known = (magic & ~1u) == kMagic && big(bytes, 4) == kVersion;
  if (!known || !is_page_size(out.page_size_)) return out;
  Checksum sum((magic & 1) != 0);
  sum.add(bytes.first(kSummedOfHeader));
  if (!sum.matches(bytes, 24)) return out;

  std::unordered_map<uint32_t, size_t> uncommitted;
  size_t frame_size = kFrameHeader + out.page_size_;
  for (size_t at = kHeader; bytes.size() - at >= frame_size; at += frame_size) {
    base::ByteView frame = bytes.subspan(at, frame_size);
    uint32_t number = big(frame, 0);
    uint32_t pages_after_commit = big(frame, 4);
    bool of_this_log = big(frame, 8) == big(bytes, 16) && big(frame, 12) == big(bytes, 20);
    sum.add(frame.first(kSummedOfFrame));
    sum.add(frame.subspan(kFrameHeader));
    if (number == 0 || !of_this_log || !sum.matches(frame, 16)) break;
    uncommitted[number] = at + kFrameHeader;
    if (pages_after_commit == 0) continue;
    for (const auto& [page, offset] : uncommitted) out.pages_[page] = offset;
    uncommitted.clear();
    out.page_count_ = pages_after_commit;
  }
  return out;
}

std::optional<base::ByteView> SqliteLog::page(uint32_t number) const {
  auto at = pages_.find(number);
  if (at == pages_.end()) return std::nullopt;
  return bytes_.subspan(at->second, page_size_);
}

}  // namespace bulkhead::catalog::rpm
