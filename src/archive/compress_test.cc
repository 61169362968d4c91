// SPDX-License-Identifier: Apache-2.0
#include "archive/compress.h"

#include <gtest/gtest.h>

#include "base/fs.h"

namespace bulkhead::archive {
namespace {

using base::as_bytes;
using base::Code;

std::string fixture(const std::string& name) {
  auto bytes = base::read_file(std::string(BULKHEAD_ROOM_DIR) + "/testdata/" + name, 1 << 20);
  EXPECT_TRUE(bytes) << name;
  return bytes ? *bytes : "";
}

std::string numbers(int last = 500) {
  std::string text;
  for (int i = 1; i <= last; ++i) text += std::to_string(i) + "\n";
  return text;
}

// Hands out at most `step` bytes a read, as a slow network would.
class Trickle final : public base::Source {
 public:
  Trickle(std::string_view bytes, size_t step) : bytes_(bytes), step_(step) {}
  base::Result<size_t> read(std::span<std::byte> out) override {
    size_t count = std::min({out.size(), step_, bytes_.size()});
    std::copy_n(as_bytes(bytes_).begin(), count, out.begin());
    bytes_.remove_prefix(count);
    return count;
  }

 private:
  std::string_view bytes_;
  size_t step_;
};

// What inflating gives, or "<code>: <message>".
std::string inflated(std::string_view packed, size_t in_step, size_t out_step,
                     const base::Limits& limits = {}) {
  auto failed = [](const base::Error& error) {
    return std::string(base::code_name(error.code())) + ": " + error.message();
  };
  Trickle source(packed, in_step);
  auto stream = inflate_source(source, limits);
  if (!stream) return failed(stream.error());
  std::string out;
  std::vector<std::byte> piece(out_step);
  while (true) {
    auto got = (*stream)->read(piece);
    if (!got) return failed(got.error());
    if (*got == 0) break;
    out += base::as_text(std::span(piece).first(*got));
  }
  auto again = (*stream)->read(piece);
  EXPECT_TRUE(again && *again == 0) << "the end is not stable";
  return out;
}
std::string inflated(std::string_view packed) { return inflated(packed, 1 << 20, 1 << 20); }

TEST(Compress, Detects) {
  using namespace std::string_view_literals;
  const std::pair<std::string_view, Compression> cases[] = {
      {""sv, Compression::kNone},
      {"\x1f\x8b\x08"sv, Compression::kGzip},
      {"\x1f\x8b"sv, Compression::kNone},
      {"\x28\xb5\x2f\xfd"sv, Compression::kZstd},
      {"\x50\x2a\x4d\x18"sv, Compression::kZstd},
      {"\x5f\x2a\x4d\x18"sv, Compression::kZstd},
      {"\x60\x2a\x4d\x18"sv, Compression::kNone},
      {"BZh91A"sv, Compression::kBzip2},
      {"BZh9.t"sv, Compression::kNone},
      {"\xfd"
       "7zXZ\0"sv,
       Compression::kXz},
  };
  for (const auto& [head, expected] : cases) {
    EXPECT_EQ(detect_compression(as_bytes(head)), expected) << base::to_hex(as_bytes(head));
  }
}

TEST(Compress, InflatesWhatRealToolsPack) {
  for (const char* name :
       {"numbers.gz", "members.gz", "named.gz", "padded.gz", "numbers.zst", "frames.zst"}) {
    std::string packed = fixture(name);
    for (size_t in_step : {1, 7, 100000}) {
      for (size_t out_step : {1, 100, 1 << 20}) {
        EXPECT_EQ(inflated(packed, in_step, out_step), numbers()) << name;
      }
    }
  }
}

TEST(Compress, PassesPlainBytesAndSkips) {
  std::string text = numbers();
  EXPECT_EQ(inflated(text, 3, 5), text);
  EXPECT_EQ(inflated(""), "");
  for (const std::string& packed : {text, fixture("numbers.gz"), fixture("frames.zst")}) {
    Trickle source(packed, 50);
    auto stream = inflate_source(source, {});
    ASSERT_TRUE(stream);
    auto skipped = (*stream)->skip(1000);
    ASSERT_TRUE(skipped);
    EXPECT_EQ(*skipped, 1000u);
    auto rest = base::read_all(**stream, 1 << 20);
    ASSERT_TRUE(rest);
    EXPECT_EQ(base::as_text(*rest), text.substr(1000));
    EXPECT_EQ((*stream)->skip(1).value(), 0u);
  }
}

TEST(Compress, RefusesOtherFormatsByName) {
  EXPECT_EQ(inflated(fixture("ten.xz")), "unsupported: xz compression is not supported");
  EXPECT_EQ(inflated(fixture("ten.bz2")), "unsupported: bzip2 compression is not supported");
}

TEST(Compress, RefusesEveryTruncation) {
  for (const char* name : {"numbers.gz", "named.gz", "numbers.zst"}) {
    std::string packed = fixture(name);
    for (size_t size = 4; size < packed.size(); size += 1 + size / 20) {
      EXPECT_TRUE(inflated(packed.substr(0, size)).starts_with("corrupt: ")) << name << size;
    }
  }
  // Cutting between members or frames leaves a whole stream; cutting inside one does not.
  std::string packed = fixture("members.gz");
  EXPECT_TRUE(inflated(packed.substr(0, packed.size() - 1)).starts_with("corrupt: "));
  base::MemorySource empty{{}};
  std::byte byte{};
  EXPECT_FALSE(gzip_source(empty, {}).value()->read({&byte, 1}));
  EXPECT_FALSE(zstd_source(empty, {}).value()->read({&byte, 1}));
}

TEST(Compress, RefusesGarbageAndWrongChecksums) {
  std::string gzip = fixture("numbers.gz");
  EXPECT_EQ(inflated(gzip + "x"), "corrupt: gzip: garbage after the last member");
  EXPECT_EQ(inflated(gzip + std::string(600, '\0') + "x"),
            "corrupt: gzip: garbage after the last member");
  EXPECT_EQ(inflated(gzip + "\x1fxxxxxxxxxxxx"), "corrupt: gzip: bad header");
  for (size_t from_end : {1, 4, 5, 8}) {  // ISIZE, CRC32
    std::string changed = gzip;
    changed[changed.size() - from_end] ^= 1;
    EXPECT_EQ(inflated(changed), "corrupt: gzip: checksum mismatch");
  }
  // A look-back beyond the start, where ISA-L's count of the input left over wraps.
  auto wrapped = base::from_hex("1f8b08000200000004e2031dd2010000055d11000000ffff0000");
  EXPECT_EQ(inflated(base::as_text(*wrapped)), "corrupt: gzip: malformed deflate data");
  std::string zstd = fixture("numbers.zst");
  EXPECT_EQ(inflated(zstd + "garbage"), "corrupt: zstd: garbage after a frame");
  EXPECT_EQ(inflated(zstd + "x"), "corrupt: zstd: truncated");
  // The format of zstd 0.7, which libzstd would decode.
  EXPECT_EQ(inflated(zstd + "\x27\xb5\x2f\xfd xxxxxxxxxxx"),
            "corrupt: zstd: garbage after a frame");
  zstd.back() ^= 1;
  EXPECT_TRUE(inflated(zstd).starts_with("corrupt: zstd: "));
}

TEST(Compress, KeepsLimits) {
  base::Limits limits;
  limits.max_bytes = 1000;
  for (const std::string& packed : {numbers(), fixture("numbers.gz"), fixture("numbers.zst")}) {
    EXPECT_TRUE(inflated(packed, 100, 64, limits).starts_with("limit: "));
  }
  limits.max_bytes = numbers().size();
  for (const std::string& packed : {numbers(), fixture("numbers.gz"), fixture("numbers.zst")}) {
    EXPECT_EQ(inflated(packed, 100, 64, limits), numbers());
  }
  EXPECT_TRUE(inflated(fixture("window.zst")).starts_with("limit: zstd: the window"));
}

// Run-length blocks: 128 KiB from 4 bytes each.
std::string zstd_bomb(size_t blocks) {
  std::string frame("\x28\xb5\x2f\xfd\x00\x38", 6);  // window of 128 KiB
  for (size_t i = 0; i < blocks; ++i) {
    uint32_t header = (128u << 10 << 3) | 1 << 1 | (i + 1 == blocks ? 1 : 0);
    for (int shift : {0, 8, 16}) frame += static_cast<char>(header >> shift & 0xff);
    frame += 'A';
  }
  return frame;
}

TEST(Compress, StopsBombsByTheirRatio) {
  base::Limits limits;
  limits.max_bytes = 1ull << 40;
  EXPECT_EQ(inflated(zstd_bomb(400), 4096, 1 << 20, limits).size(), 400u << 17);
  EXPECT_EQ(inflated(zstd_bomb(4000), 4096, 1 << 20, limits),
            "limit: inflates to more than 1100 times its size");
}

TEST(Compress, GunzipsWholeBuffers) {
  std::string packed = fixture("members.gz");
  auto whole = gunzip(as_bytes(packed), 1 << 20);
  ASSERT_TRUE(whole);
  EXPECT_EQ(base::as_text(*whole), numbers());
  EXPECT_EQ(gunzip(as_bytes(packed), 100).error().code(), Code::kLimit);
  EXPECT_EQ(gunzip(as_bytes("plain text"), 100).error().code(), Code::kCorrupt);
  EXPECT_EQ(gunzip({}, 100).error().code(), Code::kCorrupt);
}

}  // namespace
}  // namespace bulkhead::archive
