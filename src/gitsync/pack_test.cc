// SPDX-License-Identifier: Apache-2.0
// Packs that promise more than they hold, made by hand; real ones pass through pull_test.cc.
#include "gitsync/pack.h"

#include <gtest/gtest.h>

namespace bulkhead::gitsync {
namespace {

using base::Code;

// A stored (uncompressed) zlib stream.
std::string stored(std::string_view text) {
  std::string out = "\x78\x01\x01";
  auto size = static_cast<uint16_t>(text.size());
  for (uint16_t half : {size, static_cast<uint16_t>(~size)}) {
    out.push_back(static_cast<char>(half & 255));
    out.push_back(static_cast<char>(half >> 8));
  }
  out.append(text);
  uint32_t a = 1;
  uint32_t b = 0;
  for (char c : text) {
    a = (a + static_cast<unsigned char>(c)) % 65521;
    b = (b + a) % 65521;
  }
  for (uint32_t half : {b, a}) {
    out.push_back(static_cast<char>(half >> 8));
    out.push_back(static_cast<char>(half & 255));
  }
  return out;
}

std::string head(unsigned type, uint64_t size) {
  std::string out;
  auto byte = static_cast<unsigned char>(type << 4 | (size & 15));
  for (size >>= 4; size != 0; size >>= 7) {
    out.push_back(static_cast<char>(byte | 0x80));
    byte = static_cast<unsigned char>(size & 0x7f);
  }
  out.push_back(static_cast<char>(byte));
  return out;
}

std::string pack(uint32_t count, const std::string& entries) {
  std::string out("PACK\0\0\0\2", 8);
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>(count >> shift));
  return out + entries + std::string(20, 'x');
}

std::string blob(std::string_view text) { return head(3, text.size()) + stored(text); }

std::string check_pack(const std::string& text, Limits limits = {}) {
  Deadline deadline(10'000);
  auto status = check_pack(base::as_bytes(text), limits, deadline);
  return status ? "good" : std::string(base::code_name(status.error().code()));
}

TEST(Pack, MeasuresEntries) {
  std::string delta = std::string("\x05\x05\x90\x05", 4);
  EXPECT_EQ(check_pack(pack(0, "")), "good");
  EXPECT_EQ(check_pack(pack(
                3, blob("hello") + blob("") + head(7, 4) + std::string(20, 'b') + stored(delta))),
            "good");
  EXPECT_EQ(check_pack(pack(2, blob("hello") + head(6, 4) + "\x10" + stored(delta))), "good");
}

TEST(Pack, RefusesBombs) {
  std::string limit(base::code_name(Code::kLimit));
  Limits limits;
  limits.max_object_bytes = 1000;
  limits.max_unpacked_bytes = 2000;
  limits.max_objects = 10;
  EXPECT_EQ(check_pack(pack(11, ""), limits), limit);
  EXPECT_EQ(check_pack(pack(1, blob(std::string(1001, 'x'))), limits), limit);
  EXPECT_EQ(check_pack(pack(1, blob(std::string(1000, 'x'))), limits), "good");
  std::string three = blob(std::string(900, 'x'));
  EXPECT_EQ(check_pack(pack(3, three + three + three), limits), limit);
  // A delta of a few bytes that makes 2^40.
  std::string delta("\x05\x80\x80\x80\x80\x80\x20\x90\x05", 9);
  EXPECT_EQ(check_pack(pack(1, head(7, 9) + std::string(20, 'b') + stored(delta)), limits), limit);
  // An entry that inflates to more than it says.
  EXPECT_EQ(check_pack(pack(1, head(3, 5) + stored(std::string(100, 'x'))), limits), limit);
  EXPECT_EQ(check_pack(pack(1, head(3, uint64_t{1} << 50) + stored("x")), limits), limit);
}

TEST(Pack, RefusesWhatIsNoPack) {
  std::string good = pack(1, blob("hello"));
  ASSERT_EQ(check_pack(good), "good");
  for (size_t size = 0; size < good.size(); ++size) {
    EXPECT_NE(check_pack(good.substr(0, size)), "good") << size;
  }
  EXPECT_NE(check_pack(pack(1, blob("hello") + "x")), "good");
  EXPECT_NE(check_pack(pack(2, blob("hello"))), "good");
  EXPECT_NE(check_pack(pack(1, head(5, 5) + stored("hello"))), "good");
  EXPECT_NE(check_pack(pack(1, head(0, 5) + stored("hello"))), "good");
  EXPECT_NE(check_pack(pack(1, head(3, 6) + stored("hello"))), "good");
  EXPECT_NE(check_pack(pack(1, std::string(30, '\xff'))), "good");
  std::string version = good;
  version[7] = 4;
  EXPECT_NE(check_pack(version), "good");
}

}  // namespace
}  // namespace bulkhead::gitsync
