// SPDX-License-Identifier: Apache-2.0
#include "policy/glob.h"

#include <gtest/gtest.h>

namespace bulkhead::policy {
namespace {

struct GlobCase {
  const char* pattern;
  const char* text;
  bool want;
};

TEST(Glob, MatchesAsGobwasDoes) {
  const GlobCase cases[] = {
      {"*.github.com", "api.github.com", true},
      {"*.github.com", "a.api.github.com", false},
      {"**.github.com", "a.api.github.com", true},
      {"api.?.com", "api.x.com", true},
      {"api.?.com", "api...com", false},
      {"{a,b*}c", "ac", true},
      {"{a,b*}c", "bxxc", true},
      {"{a,b*}c", "cc", false},
      {"{a,{b,c}d}", "cd", true},
      {"{a,{b,c}d}", "bd", true},
      {"{a,{b,c}d}", "d", false},
      {"{,x}y", "y", true},
      {"[a-c]x", "bx", true},
      {"[!a-c]x", "bx", false},
      {"[!a-c]x", "dx", true},
      {"\\*", "*", true},
      {"\\*", "a", false},
      {"", "", true},
      {"", "a", false},
      {"*", "", true},
      {"a,b", "a,b", true},
      {"ä?ö", "äüö", true},
  };
  for (const GlobCase& c : cases) {
    auto glob = Glob::compile(c.pattern, U".");
    ASSERT_TRUE(glob) << c.pattern;
    EXPECT_EQ(glob->matches(c.text).value(), c.want) << c.pattern << " " << c.text;
  }
  EXPECT_TRUE(Glob::compile("/a/*", U"")->matches("/a/b/c").value());
}

TEST(Glob, RefusesBrokenPatterns) {
  for (const char* pattern : {"[a", "{a", "a}", "[]", "\\", "[z-a]"}) {
    EXPECT_FALSE(Glob::compile(pattern, U".")) << pattern;
  }
  EXPECT_FALSE(Glob::compile(std::string(Glob::kMaxPattern + 1, 'a'), U""));
}

TEST(Glob, StaysLinear) {
  std::string pattern;
  for (int i = 0; i < 500; ++i) pattern += "*a";
  auto glob = Glob::compile(pattern + "b", U"");
  ASSERT_TRUE(glob);
  EXPECT_FALSE(glob->matches(std::string(5'000, 'a')).value());
  EXPECT_FALSE(glob->matches(std::string(1'000'000, 'a')));  // too long together
}

}  // namespace
}  // namespace bulkhead::policy
