// SPDX-License-Identifier: Apache-2.0
// The rule as the changelogs of rpm packages meet it; debian/changelog_test.cc has the rest.
#include "catalog/changelog/claims.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "catalog/changelog/words.h"

namespace bulkhead::catalog::changelog {
namespace {

struct Row {
  const char* name;
  std::vector<const char*> entries;  // newest first, versions 1.9, 1.8, ...
  const char* fixed;
};

TEST(Claims, OfFlatItemsAndWhatTakesThemBack) {
  const Row rows[] = {
      {"named", {"- Resolves: CVE-2023-1111\n- fix CVE-2023-2222"}, "CVE-2023-1111 CVE-2023-2222"},
      {"opening", {"- CVE-2023-1111 foo: a hole"}, "CVE-2023-1111"},
      {"in brackets", {"- net: drop a reference [12] {CVE-2023-1111}"}, "CVE-2023-1111"},
      {"rebased", {"- Rebase to 2.0 (CVE-2023-1111)"}, "CVE-2023-1111"},
      {"a rebased patch", {"- Rebased CVE-2023-1111.patch"}, ""},
      {"only related", {"- Related: rhbz#1, CVE-2023-1111"}, ""},
      {"continued", {"- fix a hole\n  (CVE-2023-1111)"}, "CVE-2023-1111"},
      {"continued without indentation", {"- not affected by\nCVE-2023-1111"}, ""},
      {"denied", {"- not affected by CVE-2023-1111"}, ""},
      {"in part", {"- partial fix for CVE-2023-1111"}, ""},
      {"no id", {"- fix CVE-20-1, CVE-2023-1, CVE-2023-"}, ""},
      {"taken back later", {"- revert the fix for CVE-2023-1111", "- fix CVE-2023-1111"}, ""},
      {"taken back by version", {"- Revert 1.8", "- fix CVE-2023-1111"}, ""},
      {"taken back in the same entry", {"- fix CVE-2023-1111\n- drop patch of CVE-2023-1111"}, ""},
      {"in the new version",
       {"- update to 1.9\n- drop patch for CVE-2023-1111", "- fix CVE-2023-1111"},
       "CVE-2023-1111"},
      {"no longer needed",
       {"- drop no-longer-needed patch for CVE-2023-1111", "- fix CVE-2023-1111"},
       "CVE-2023-1111"},
      {"switched off", {"- disable the fix for CVE-2023-1111", "- fix CVE-2023-1111"}, ""},
      {"fixed again",
       {"- fix CVE-2023-1111", "- revert CVE-2023-1111", "- fix CVE-2023-1111"},
       "CVE-2023-1111"},
  };
  for (const Row& row : rows) {
    Claims claims;
    char minor = '9';
    for (const char* entry : row.entries) {
      claims.entry(std::string("1.") + minor--, true, entry);
    }
    std::vector<std::string> ids;
    for (const Fix& fix : claims.take_fixes()) ids.push_back(fix.id);
    EXPECT_EQ(base::join(ids, " "), row.fixed) << row.name;
  }
}

TEST(Claims, CountFromTheOldestFix) {
  Claims claims;
  claims.entry("3", true, "- fix CVE-2023-1111");
  claims.entry("2", true, "- better fix for CVE-2023-1111");
  claims.entry("1", false, "- fix CVE-2023-1111");
  EXPECT_EQ(claims.take_fixes(), (std::vector<Fix>{{"CVE-2023-1111", "2"}}));
}

TEST(Words, TheLongestCounts) {
  EXPECT_EQ(words_in("rebase"), kSilent);
  EXPECT_EQ(words_in("rebase to 1.2"), 0);
  EXPECT_EQ(words_in("fixed in 1.2"), kFixing | kUpstream);
  EXPECT_EQ(words_in("remove the fix"), kRemove | kFixing);
  EXPECT_EQ(words_in("nothing"), 0);
}

}  // namespace
}  // namespace bulkhead::catalog::changelog
