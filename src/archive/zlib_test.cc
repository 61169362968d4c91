// SPDX-License-Identifier: Apache-2.0
#include "archive/zlib.h"

#include <gtest/gtest.h>

namespace bulkhead::archive {
namespace {

// "hello hello hello hello\n" by Python's zlib.compress.
constexpr unsigned char kHello[] = {0x78, 0x9c, 0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0x57, 0xc8, 0x40,
                                    0x27, 0xb9, 0x00, 0x70, 0xbe, 0x08, 0xbb};
constexpr std::string_view kText = "hello hello hello hello\n";

base::ByteView bytes() { return std::as_bytes(std::span(kHello)); }

TEST(Zlib, Inflates) {
  auto out = inflate_zlib(bytes(), 100);
  ASSERT_TRUE(out) << out.error().message();
  EXPECT_EQ(base::as_text(*out), kText);
  EXPECT_TRUE(inflate_zlib(bytes(), kText.size()));
}

TEST(Zlib, Refuses) {
  EXPECT_EQ(inflate_zlib(bytes(), kText.size() - 1).error().code(), base::Code::kLimit);
  for (size_t cut = 0; cut < bytes().size(); ++cut) {
    EXPECT_EQ(inflate_zlib(bytes().first(cut), 100).error().code(), base::Code::kCorrupt) << cut;
  }
  base::Bytes wrong(bytes().begin(), bytes().end());
  wrong.back() ^= std::byte{1};
  EXPECT_EQ(inflate_zlib(wrong, 100).error().code(), base::Code::kCorrupt);
}

TEST(Zlib, Measures) {
  base::Bytes followed(bytes().begin(), bytes().end());
  followed.insert(followed.end(), 5000, std::byte{7});
  auto extent = measure_zlib(followed, 100, 5);
  ASSERT_TRUE(extent) << extent.error().message();
  EXPECT_EQ(extent->packed_bytes, bytes().size());
  EXPECT_EQ(extent->inflated_bytes, kText.size());
  EXPECT_EQ(base::as_text(extent->head), "hello");
  EXPECT_EQ(measure_zlib(followed, kText.size() - 1, 5).error().code(), base::Code::kLimit);
  for (size_t cut = 0; cut < bytes().size(); ++cut) {
    EXPECT_EQ(measure_zlib(bytes().first(cut), 100, 0).error().code(), base::Code::kCorrupt) << cut;
  }
}

}  // namespace
}  // namespace bulkhead::archive
