// SPDX-License-Identifier: Apache-2.0
#include "catalog/golang/gomod.h"

#include <gtest/gtest.h>

namespace bulkhead::catalog::golang {
namespace {

TEST(GoMod, ReadsDirectives) {
  GoMod mod = parse_go_mod(
      "module a.org/b\r\ngo 1.16\r\nrequire(\r\n  c.org/d v1.0.0 // indirect\r\n"
      "  e.org/f v2.0.0+incompatible//indirect\r\n)\r\n"
      "replace c.org/d v1.0.0 => ../x y // odd but well-formed\r\nexclude e.org/f v1.0.0\r\n");
  EXPECT_EQ(mod.module, "a.org/b");
  EXPECT_EQ(mod.module_line, 1u);
  EXPECT_EQ(mod.go, "1.16");
  ASSERT_EQ(mod.requires_.size(), 2u);
  EXPECT_EQ(mod.requires_[0].path, "c.org/d");
  EXPECT_TRUE(mod.requires_[0].indirect);
  EXPECT_EQ(mod.requires_[1].version, "v2.0.0+incompatible");
  EXPECT_EQ(mod.requires_[1].line, 5u);
  ASSERT_EQ(mod.replaces.size(), 1u);
  EXPECT_EQ(mod.replaces[0].by, "../x");
  EXPECT_EQ(mod.excludes.size(), 1u);
  EXPECT_TRUE(mod.bad_lines.empty());
}

TEST(GoMod, RemembersWhatItDoesNotKnow) {
  GoMod mod = parse_go_mod("nonsense\nrequire a\nreplace a b c => d\nrequire \"open\nmodule x y\n");
  EXPECT_EQ(mod.bad_lines, (std::vector<uint32_t>{1, 2, 3, 4, 5}));
}

TEST(GoMod, KnowsWhichListAllModules) {
  struct Case {
    const char* go;
    bool all;
  };
  for (Case c : {Case{"", false}, Case{"1.16", false}, Case{"1.17", true}, Case{"1.21.0", true},
                 Case{"1.21rc2", true}, Case{"1", false}, Case{"2.0", true}, Case{"x.y", true}}) {
    GoMod mod;
    mod.go = c.go;
    EXPECT_EQ(mod.lists_all(), c.all) << c.go;
  }
}

TEST(GoSum, TakesTheHighestVersionWithAHash) {
  auto sums = parse_go_sum(
      "b v1.9.0 h1:x\nb v1.10.0 h1:x\nb v1.11.0/go.mod h1:x\nb v1.12.0 h2:x\na v0.0.0 h1:x\nbad\n");
  ASSERT_EQ(sums.size(), 2u);
  EXPECT_EQ(sums[0].path, "a");
  EXPECT_EQ(sums[1].version, "v1.10.0");
  EXPECT_EQ(sums[1].line, 2u);
}

}  // namespace
}  // namespace bulkhead::catalog::golang
