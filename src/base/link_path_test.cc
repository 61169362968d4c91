// SPDX-License-Identifier: Apache-2.0
#include "base/link_path.h"

#include <gtest/gtest.h>

namespace bulkhead::base {
namespace {

TEST(LinkPath, StaysInTheTree) {
  struct Case {
    const char* directory;
    const char* target;
    std::optional<std::string> want;
  };
  for (const Case& c :
       {Case{"a/b", "c", "a/b/c"}, Case{"a/b", "../c/./d", "a/c/d"}, Case{"", "/a//b/", "a/b"},
        Case{"a", "..", ""}, Case{"a", "../..", std::nullopt}, Case{"", "../a", std::nullopt}}) {
    EXPECT_EQ(path_in_tree(c.directory, c.target), c.want) << c.directory << " " << c.target;
  }
}

}  // namespace
}  // namespace bulkhead::base
