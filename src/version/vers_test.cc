// SPDX-License-Identifier: Apache-2.0
#include "version/vers.h"

#include <gtest/gtest.h>

namespace bulkhead::version {
namespace {

std::string answer(std::string_view range, std::string_view version) {
  auto parsed = VersRange::parse(range);
  if (!parsed) return "invalid";
  auto inside = parsed->contains(version);
  if (!inside) return "unknown";
  return *inside ? "in" : "out";
}

TEST(Vers, Contains) {
  struct Case {
    const char* range;
    const char* version;
    const char* want;
  };
  for (const auto& [range, version, want] : {
           Case{"vers:npm/*", "anything", "in"},
           Case{"vers:npm/1.2.3", "1.2.3", "in"},
           Case{"vers:npm/1.2.3", "1.2.4", "out"},
           Case{"vers:npm/>=1.0.0|<2.0.0", "1.0.0", "in"},
           Case{"vers:npm/>=1.0.0|<2.0.0", "1.9.9", "in"},
           Case{"vers:npm/>=1.0.0|<2.0.0", "2.0.0", "out"},
           Case{"vers:npm/>=1.0.0|<2.0.0", "0.9.0", "out"},
           Case{"vers:npm/<2.0.0|>=1.0.0", "1.5.0", "in"},  // not sorted
           Case{"vers:npm/>=1.0.0|!=1.5.0|<2.0.0", "1.5.0", "out"},
           Case{"vers:npm/0.9.0|>=1.0.0|<2.0.0", "0.9.0", "in"},
           Case{"vers:npm/<1.0.0|>=2.0.0", "0.1.0", "in"},
           Case{"vers:npm/<1.0.0|>=2.0.0", "1.5.0", "out"},
           Case{"vers:npm/<1.0.0|>=2.0.0", "3.0.0", "in"},
           Case{"vers:npm/>=1.0.0|<2.0.0|>3.0.0|<=4.0.0", "3.0.0", "out"},
           Case{"vers:npm/>=1.0.0|<2.0.0|>3.0.0|<=4.0.0", "4.0.0", "in"},
           Case{"vers:npm/!=1.0.0", "1.0.0", "out"},
           Case{"vers:npm/!=1.0.0", "1.0.1", "in"},
           Case{"vers:npm/ >= 1.0.0 | < 2.0.0 ", "1.0.0", "in"},
           Case{"vers:deb/<1%3A2.0-1~deb12", "1:1.9-1", "in"},
           Case{"vers:deb/<1%3A2.0-1", "2:0.1", "out"},
           Case{"vers:pypi/>=1.0rc1|<1.0", "1.0", "out"},
           Case{"vers:pypi/>=1.0rc1|<=1.0", "1.0.0", "in"},
           Case{"vers:rpm/>=1.0-1", "2:0-1", "in"},
           Case{"vers:semver/<=1.0.0", "not a version", "unknown"},
           Case{"vers:tomee/>=1.0", "1.5", "unknown"},  // nobody knows its order
           Case{"vers:tomee/1.0|1.5", "1.5", "in"},
           Case{"vers:tomee/1.0|1.5", "1.6", "out"},
           Case{"vers:npm/>=1.0.0|>=2.0.0", "1.5.0", "invalid"},
           Case{"vers:npm/", "1.0.0", "invalid"},
           Case{"vers:npm/>=", "1.0.0", "invalid"},
           Case{"vers:npm/1.0.0||2.0.0", "1.0.0", "invalid"},
           Case{"vers:semver/<2.8.11.1", "1.0.0", "unknown"},  // no version of that scheme
           Case{"vers:semver/2.8.11.1|1.0.0", "1.0.0", "in"},
           Case{"vers:/1", "1", "invalid"},
           Case{"npm/1.0.0", "1.0.0", "invalid"},
           Case{"", "1", "invalid"},
       }) {
    EXPECT_EQ(answer(range, version), want) << range << " and " << version;
  }
}

TEST(Vers, SaysWhatIsWrong) {
  EXPECT_EQ(VersRange::parse("vers:npm/>=1|>=").error().message(),
            "version range \"vers:npm/>=1|>=\": \">=\" names no version");
  EXPECT_EQ(VersRange::parse("1.0").error().message(),
            "version range \"1.0\": it has not the form vers:<scheme>/<constraints>");
}

}  // namespace
}  // namespace bulkhead::version
