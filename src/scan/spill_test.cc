// SPDX-License-Identifier: Apache-2.0
#include "scan/spill.h"

#include <gtest/gtest.h>

namespace bulkhead::scan {
namespace {

std::string pattern(size_t size) {
  std::string out(size, '\0');
  for (size_t i = 0; i < size; ++i) out[i] = static_cast<char>(i * 31 + i / 251);
  return out;
}

TEST(Spill, GathersSmallAndLargeFiles) {
  auto file = make_spill_file(::testing::TempDir());
  ASSERT_TRUE(file) << file.error().message();
  Spill spill(std::move(*file));
  for (size_t size : {size_t{0}, size_t{100}, size_t{600}, size_t(Spill::kMemoryBytes + 12345),
                      size_t{50}, size_t(Spill::kMemoryBytes + 1)}) {
    std::string text = pattern(size);
    base::ByteView all = base::as_bytes(text);
    base::ByteView head = all.first(std::min<size_t>(512, size));
    base::MemorySource rest(all.subspan(head.size()));
    auto view = spill.gather(head, rest, size);
    ASSERT_TRUE(view) << view.error().message();
    EXPECT_EQ(base::as_text(*view), text) << size;
    spill.release();
  }
}

TEST(Spill, SaysWhenContentEndsEarly) {
  Spill spill{base::Fd()};
  base::MemorySource rest(base::as_bytes("abc"));
  auto view = spill.gather({}, rest, 10);
  ASSERT_FALSE(view);
  EXPECT_EQ(view.error().code(), base::Code::kCorrupt);
  base::MemorySource big(base::as_bytes("abc"));
  EXPECT_EQ(spill.gather({}, big, Spill::kMemoryBytes + 1).error().code(),
            base::Code::kUnsupported);
}

}  // namespace
}  // namespace bulkhead::scan
