// SPDX-License-Identifier: Apache-2.0
#include "policy/rego/nesting.h"

#include <gtest/gtest.h>

namespace bulkhead::policy::rego {
namespace {

std::string repeat(std::string_view text, size_t times) {
  std::string out;
  for (size_t i = 0; i < times; ++i) out += text;
  return out;
}

std::string check(const std::string& text, uint32_t depth = 20) {
  const auto problem = check_nesting("a.rego", lex("a.rego", text).tokens, depth);
  return problem ? to_string(*problem) : "";
}

TEST(Nesting, BoundsBrackets) {
  EXPECT_EQ(check("x := " + repeat("[", 20) + repeat("]", 20)), "");
  EXPECT_EQ(check("x := " + repeat("[", 21) + repeat("]", 21)),
            "a.rego:1:26: nested more than 20 levels deep");
  EXPECT_EQ(check(repeat("x := [1]\n", 2000)), "");
  EXPECT_EQ(check(repeat("]", 100) + repeat("[", 20)), "");
}

TEST(Nesting, BoundsChains) {
  const std::string message = ": more than 500 operators in one expression; split it up";
  EXPECT_EQ(check("x := 1" + repeat(" + 1", 499)), "");
  EXPECT_EQ(check("x := 1" + repeat(" + 1", 500)), "a.rego:1:2004" + message);
  EXPECT_EQ(check("x := 1" + repeat(" +\n1", 500)), "a.rego:500:3" + message);
  EXPECT_EQ(check("x := 1" + repeat("\n+ 1", 500)), "a.rego:501:1" + message);
  EXPECT_EQ(check("x := a" + repeat(".a", 600)), "a.rego:1:1005" + message);
  EXPECT_EQ(check("x := a" + repeat("[0]", 600)), "a.rego:1:1504" + message);
  EXPECT_EQ(check("x := " + repeat("-", 600) + "1"), "a.rego:1:505" + message);
  EXPECT_EQ(check("x := [" + repeat("a.b.c,\n", 2000) + "]"), "");
  EXPECT_EQ(check("x if {\n" + repeat("\tinput.a.b == 1\n", 2000) + "}\n"), "");
  EXPECT_EQ(check("x if {\n" + repeat("\tf(a.b)\n", 2000) + "}\n"), "");
}

}  // namespace
}  // namespace bulkhead::policy::rego
