// SPDX-License-Identifier: Apache-2.0
#include "model/file_list.h"

#include <gtest/gtest.h>

namespace bulkhead::model {
namespace {

using Paths = std::vector<std::string>;

TEST(FileList, PacksAndUnpacks) {
  FileList list({"/.", "/usr", "/usr/bin", "/usr/bin/b", "usr/bin/a", "./usr/bin-x", "",
                 "/usr/bin/a", "/usr/bin.y", "/usr/bin/sub/", "/usr/bin/sub/c", "with\nnewline"});
  EXPECT_EQ(list.paths(),
            (Paths{"usr/bin-x", "usr/bin.y", "usr/bin/a", "usr/bin/b", "usr/bin/sub/c"}));
  Paths want = {std::string(600, 'a'), std::string(600, 'a') + "b"};
  EXPECT_EQ(FileList({want[1], want[0]}).paths(), want);
  EXPECT_TRUE(FileList({"/", ""}).empty());
}

TEST(FileList, FindsDirectoriesBehindManyNeighbours) {
  Paths names = {"d"};
  for (int i = 0; i < 50; ++i) names.push_back("d-" + std::to_string(i));
  names.push_back("d/file");
  EXPECT_EQ(FileList({names.begin(), names.end()}).paths().size(), 51u);
}

TEST(FileList, Merges) {
  FileList list({"a", "c"});
  list.merge(FileList());
  list.merge(FileList({"b", "c"}));
  EXPECT_EQ(list, FileList({"a", "b", "c"}));
  FileList none;
  none.merge(list);
  EXPECT_EQ(none, list);
}

TEST(FileList, EndsWhereItIsNotPacked) {
  auto paths = [](std::string_view packed) { return FileList::from_packed(packed).paths(); };
  EXPECT_EQ(paths(FileList({"a/b", "a/c"}).packed()), (Paths{"a/b", "a/c"}));
  EXPECT_EQ(paths(std::string_view("\x05x\n", 3)), Paths());
  EXPECT_EQ(paths(std::string_view("\0x\n\x01", 4)), Paths{"x"});
}

TEST(FileList, StopsWhenAsked) {
  size_t seen = 0;
  FileList({"a", "b", "c"}).each([&](std::string_view) { return ++seen < 2; });
  EXPECT_EQ(seen, 2u);
}

}  // namespace
}  // namespace bulkhead::model
