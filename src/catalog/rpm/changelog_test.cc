// SPDX-License-Identifier: Apache-2.0
#include "catalog/rpm/changelog.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace bulkhead::catalog::rpm {
namespace {

struct Row {
  const char* name;
  std::vector<const char*> entries;  // newest first
  const char* fixed;
};

TEST(RpmChangelog, ClaimsAndWhatTakesThemBack) {
  const Row rows[] = {
      {"named", {"- Resolves: CVE-2023-1111\n- fix CVE-2023-2222"}, "CVE-2023-1111 CVE-2023-2222"},
      {"continued", {"- fix a hole\n  (CVE-2023-1111)"}, "CVE-2023-1111"},
      {"denied", {"- not affected by CVE-2023-1111"}, ""},
      {"no id", {"- CVE-20-1, CVE-2023-1, CVE-2023-"}, ""},
      {"taken back later", {"- revert the fix for CVE-2023-1111", "- fix CVE-2023-1111"}, ""},
      {"taken back in the same entry", {"- fix CVE-2023-1111\n- drop patch of CVE-2023-1111"}, ""},
      {"fixed again",
       {"- fix CVE-2023-1111", "- revert CVE-2023-1111", "- fix CVE-2023-1111"},
       "CVE-2023-1111"},
  };
  for (const Row& row : rows) {
    FixReader reader;
    std::vector<std::string> fixed;
    for (const char* entry : row.entries) {
      for (std::string& id : reader.fixed_ids(entry)) fixed.push_back(std::move(id));
    }
    EXPECT_EQ(base::join(fixed, " "), row.fixed) << row.name;
  }
}

}  // namespace
}  // namespace bulkhead::catalog::rpm
