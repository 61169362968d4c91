// SPDX-License-Identifier: Apache-2.0
#include "net/challenge.h"

#include <gtest/gtest.h>

namespace bulkhead::net {
namespace {

// "scheme token68 name=value name=value; scheme ..." for comparing.
std::string show(const std::vector<Challenge>& challenges) {
  std::string out;
  for (const Challenge& challenge : challenges) {
    if (!out.empty()) out += "; ";
    out += challenge.scheme;
    if (!challenge.token68.empty()) out += " " + challenge.token68;
    for (const auto& [name, value] : challenge.parameters) out += " " + name + "=" + value;
  }
  return out;
}

TEST(Challenge, FollowsTheGrammar) {
  struct Case {
    const char* field;
    const char* expected;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"", ""},
           {"Basic", "basic"},
           {"Basic realm=\"x\"", "basic realm=x"},
           {"Bearer realm=\"https://a/t\",service=\"s\",scope=\"repository:a/b:pull,push\"",
            "bearer realm=https://a/t scope=repository:a/b:pull,push service=s"},
           {"bearer Realm = x , Service=\ty", "bearer realm=x service=y"},
           {"Newauth realm=\"apps\", type=1, title=\"Login to \\\"apps\\\"\", Basic "
            "realm=\"simple\"",
            "newauth realm=apps title=Login to \"apps\" type=1; basic realm=simple"},
           {"Negotiate, Basic realm=x", "negotiate; basic realm=x"},
           {"Negotiate YWJj+/==, Bearer realm=x", "negotiate YWJj+/==; bearer realm=x"},
           {"Negotiate abc", "negotiate abc"},
           {" , ,Basic realm=x,, ,Digest nonce=y,", "basic realm=x; digest nonce=y"},
           {"Basic realm=a, realm=b", "basic realm=a"},
           {"Basic realm=\"\"", "basic realm="},
           // Broken: what stands before is kept.
           {"Basic realm=\"open", "basic"},
           {"Basic realm=x service=y, Bearer realm=z", "basic realm=x"},
           {"Basic realm=x; charset=y", "basic realm=x"},
           {"=", ""},
           {"\"x\"", ""},
           {"Bearer/1 realm=x", ""},
           {"Basic realm=\"a\\", "basic"},
       }) {
    EXPECT_EQ(show(parse_challenges(c.field)), c.expected) << c.field;
  }
}

TEST(Challenge, IsBounded) {
  std::string many;
  for (int i = 0; i < 1000; ++i) many += "S" + std::to_string(i) + ", ";
  EXPECT_EQ(parse_challenges(many).size(), kMaxChallenges);
  std::string wide = "B ";
  for (int i = 0; i < 1000; ++i) wide += "n" + std::to_string(i) + "=v, ";
  auto one = parse_challenges(wide);
  ASSERT_EQ(one.size(), 1u);
  EXPECT_EQ(one[0].parameters.size(), kMaxParameters);
  Headers headers;
  headers.add("WWW-Authenticate", "Basic realm=x");
  headers.add("www-authenticate", "Bearer realm=y");
  EXPECT_EQ(show(challenges_of(headers)), "basic realm=x; bearer realm=y");
}

}  // namespace
}  // namespace bulkhead::net
