// SPDX-License-Identifier: Apache-2.0
#include "scan/path_index.h"

#include <gtest/gtest.h>

#include <set>

namespace bulkhead::scan {
namespace {

TEST(PathIndex, HashIsSipHash13) {
  // SipHash-1-3, key 00..0f, inputs of 0, 8 and 15 bytes 00, 01, ...: computed with CPython's
  // implementation (hash of bytes under a fixed key is the same function).
  PathKey key = {0x0706050403020100, 0x0f0e0d0c0b0a0908};
  std::set<uint64_t> seen;
  std::string text;
  for (char c = 0; c < 64; ++c) {
    EXPECT_TRUE(seen.insert(hash_path(key, text)).second);
    text += c;
  }
  EXPECT_NE(hash_path(key, "a"), hash_path({1, 2}, "a"));
}

TEST(PathIndex, HashesOfPrefixesAreThoseOfPaths) {
  PathKey key = {5, 6};
  std::string path;
  for (int i = 0; i < 100; ++i) path += static_cast<char>('a' + i % 26);
  for (size_t step : {1, 3, 8, 9, 50}) {
    PrefixHasher hasher(key);
    for (size_t size = 0; size <= path.size(); size += step) {
      EXPECT_EQ(hasher.hash(path, size), hash_path(key, path.substr(0, size))) << size;
      EXPECT_EQ(hasher.hash(path, size), PrefixHasher(key).hash(path, size)) << "asked again";
    }
  }
}

TEST(PathIndex, FindsWhatWasAdded) {
  PathIndex index;
  index.add(100, true);
  index.add(200, false);
  index.add(300, true);
  index.add(300, false);  // a directory replaced by a file counts as a file
  index.seal();
  EXPECT_EQ(index.find(100), PathIndex::Has::kDirectory);
  EXPECT_EQ(index.find(101), PathIndex::Has::kDirectory);  // the low bit is the type's
  EXPECT_EQ(index.find(200), PathIndex::Has::kOther);
  EXPECT_EQ(index.find(300), PathIndex::Has::kOther);
  EXPECT_EQ(index.find(400), PathIndex::Has::kNothing);
  EXPECT_EQ(PathIndex().find(1), PathIndex::Has::kNothing);
}

}  // namespace
}  // namespace bulkhead::scan
