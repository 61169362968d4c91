// SPDX-License-Identifier: Apache-2.0
#include "archive/zstd_frame.h"

#include <gtest/gtest.h>

namespace bulkhead::archive {
namespace {

TEST(ZstdFrame, RoundTrip) {
  for (size_t size : {0u, 1u, 1000u, 100000u}) {
    std::string text;
    for (size_t i = 0; i < size; ++i) text += static_cast<char>('a' + i % 7);
    base::Bytes packed = pack_zstd(base::as_bytes(text), 9);
    auto back = unpack_zstd(packed, size);
    ASSERT_TRUE(back) << size;
    EXPECT_EQ(base::as_text(*back), text);
  }
}

TEST(ZstdFrame, RefusesDamage) {
  std::string text(5000, 'x');
  base::Bytes packed = pack_zstd(base::as_bytes(text), 9);
  EXPECT_FALSE(unpack_zstd(packed, text.size() - 1));
  EXPECT_FALSE(unpack_zstd(packed, text.size() + 1));
  for (size_t cut = 0; cut < packed.size(); ++cut) {
    EXPECT_FALSE(unpack_zstd(base::ByteView(packed).first(cut), text.size())) << cut;
  }
}

}  // namespace
}  // namespace bulkhead::archive
