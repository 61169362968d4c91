// SPDX-License-Identifier: Apache-2.0
#include "policy/glob_intersection.h"

#include <gtest/gtest.h>

#include <string>

namespace bulkhead::policy {
namespace {

// Values are those of OPA 1.22.
TEST(GlobIntersection, DecidesAsOpa) {
  const struct {
    const char *left, *right;
    bool want;
  } cases[] = {
      {"a.a.[0-9]+z", ".b.b2359825792*594823z", true},
      {"[a-z]+", "[0-9]*", false},
      {"b.*", "bar", true},
      {"[a-z]+\\[[0-9]+\\]", "foo\\[1\\]", true},
      {"[a-z]+\\[[0-9]+\\]", "foo[\"bar\"]", false},
      {"abc", "abc", true},
      {"abc", "abd", false},
      {"ab", "abc", false},
      {"", "", true},
      {"", "a*", false},
      {"a*", "a+", true},
      {"a*a+", "aaa", true},
      {"[ab]*b", "aab", true},
      {".+x", "x", false},
      // A greedy search does not find this one.
      {"a*b*c", "c", false},
      {"[]", ".", true},
      {"[]", "a", false},
      {"ä[à-ö]", "äô", true},
  };
  for (const auto& c : cases) {
    for (const bool swap : {false, true}) {
      const auto got = swap ? globs_intersect(c.right, c.left) : globs_intersect(c.left, c.right);
      ASSERT_TRUE(got) << c.left;
      EXPECT_EQ(*got, c.want) << c.left << " " << c.right;
    }
  }
}

TEST(GlobIntersection, RefusesWhatIsNoGlob) {
  for (const char* glob :
       {"pqrs]", "[", "[a", "*a", "a**", "+", "[-a]", "[a-]", "[c-a]", "a\\", "[a-b-c]"}) {
    const auto got = globs_intersect("a", glob);
    ASSERT_FALSE(got) << glob;
    EXPECT_EQ(got.error().code(), base::Code::kInvalid) << glob;
  }
}

// Every part may repeat, and nothing matches before the ends: a search that tries all ways would
// not end.
TEST(GlobIntersection, IsBounded) {
  std::string left;
  std::string right;
  for (int i = 0; i < 400; ++i) {
    left += i % 2 ? "[ab]*" : ".*";
    right += i % 2 ? ".*" : "[ac]*";
  }
  EXPECT_TRUE(globs_intersect(left + "x", right + "y"));
  for (int i = 0; i < 3; ++i) left += left;
  const auto got = globs_intersect(left, left);
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code(), base::Code::kLimit);
}

}  // namespace
}  // namespace bulkhead::policy
