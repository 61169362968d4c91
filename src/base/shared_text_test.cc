// SPDX-License-Identifier: Apache-2.0
#include "base/shared_text.h"

#include <gtest/gtest.h>

#include <map>
#include <thread>
#include <vector>

namespace bulkhead::base {
namespace {

TEST(SharedText, HoldsAnyText) {
  EXPECT_EQ(sizeof(SharedText), 8u);
  for (size_t size = 0; size < 40; ++size) {
    std::string want(size, 'x');
    if (size > 2) want[1] = '\0';
    SharedText text = want;
    EXPECT_EQ(text, want) << size;
    EXPECT_EQ(text.size(), size);
    EXPECT_EQ(text.empty(), size == 0);
    EXPECT_EQ(text.str(), want);
  }
}

TEST(SharedText, SharesWhatIsLong) {
  SharedText text = "longer than seven bytes";
  SharedText copy = text;
  EXPECT_EQ(copy.view().data(), text.view().data());
  SharedText moved = std::move(text);
  EXPECT_EQ(moved, copy);
  EXPECT_TRUE(text.empty());  // NOLINT: what is left behind is empty
  copy = moved;
  copy = *&copy;
  EXPECT_EQ(copy, "longer than seven bytes");
  moved.clear();
  EXPECT_EQ(copy, "longer than seven bytes");
}

TEST(SharedText, ComparesAsText) {
  SharedText a = "a";
  SharedText b = std::string("b, and more of it");
  EXPECT_LT(a, b);
  EXPECT_LT(a, "b");
  EXPECT_EQ("a", a);
  EXPECT_NE(std::string_view("b"), b);
  EXPECT_EQ(a + "/" + b, "a/b, and more of it");
  EXPECT_EQ("x" + a + '!', "xa!");
  std::map<SharedText, int> map = {{b, 2}, {a, 1}};
  EXPECT_EQ(map.begin()->second, 1);
  EXPECT_EQ(std::hash<SharedText>{}(b), std::hash<SharedText>{}(b.str()));
}

TEST(SharedText, MayBeCopiedByThreads) {
  SharedText text = "longer than seven bytes";
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([text] {
      for (int n = 0; n < 10'000; ++n) SharedText copy = text;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(text, "longer than seven bytes");
}

}  // namespace
}  // namespace bulkhead::base
