// SPDX-License-Identifier: Apache-2.0
// Base scores: vectors of the FIRST documents' examples and of well-known vulnerabilities. All v2
// and v3 vectors and 60,000 random ones of v4.0 were compared with the Python package "cvss" 3.6.
#include "vuln/cvss.h"

#include <gtest/gtest.h>

namespace bulkhead::vuln {
namespace {

TEST(Cvss, Scores) {
  struct Row {
    const char* vector;
    double score;
  };
  for (const Row& row : {
           // v2: CVE-2002-0392, CVE-2003-0818, CVE-2003-0062 (guide, section 3.3)
           Row{"AV:N/AC:L/Au:N/C:N/I:N/A:C", 7.8},
           Row{"AV:N/AC:L/Au:N/C:C/I:C/A:C", 10.0},
           Row{"AV:L/AC:H/Au:N/C:C/I:C/A:C", 6.2},
           Row{"(AV:N/AC:L/Au:N/C:N/I:N/A:C/E:F/RL:OF/RC:C)", 7.8},
           Row{"AV:N/AC:L/Au:N/C:N/I:N/A:N", 0.0},
           // v3
           Row{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8},
           Row{"CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8},
           Row{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 10.0},
           Row{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", 7.5},
           Row{"CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 6.1},
           Row{"CVSS:3.0/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N", 6.4},
           Row{"CVSS:3.0/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N", 3.1},
           Row{"CVSS:3.0/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H", 7.8},
           Row{"CVSS:3.1/AV:P/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 6.8},
           Row{"CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:N", 7.4},
           Row{"CVSS:3.1/AV:N/AC:L/PR:H/UI:N/S:C/C:H/I:H/A:H", 9.1},
           Row{"CVSS:3.1/AV:A/AC:L/PR:N/UI:N/S:C/C:H/I:N/A:H", 9.3},
           Row{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0.0},
           Row{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:P/RL:O/RC:C", 9.8},
           // v4.0
           Row{"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", 10.0},
           Row{"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 9.3},
           Row{"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:L/VI:L/VA:L/SC:N/SI:N/SA:N", 6.9},
           Row{"CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 7.3},
           Row{"CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:P/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 7.7},
           Row{"CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:P/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:U", 5.2},
           Row{"CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:N/VC:H/VI:L/VA:L/SC:N/SI:N/SA:N", 8.3},
           Row{"CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:N/VC:H/VI:L/VA:L/SC:N/SI:N/SA:N/E:P/CR:H/IR:M/"
               "AR:H",
               6.9},
           Row{"CVSS:4.0/AV:L/AC:L/AT:N/PR:L/UI:N/VC:N/VI:H/VA:H/SC:N/SI:L/SA:L", 6.9},
           Row{"CVSS:4.0/AV:P/AC:H/AT:P/PR:H/UI:A/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N", 0.0},
       }) {
    auto score = cvss_score(row.vector);
    ASSERT_TRUE(score) << row.vector;
    EXPECT_DOUBLE_EQ(*score, row.score) << row.vector;
  }
}

TEST(Cvss, RefusesWhatBreaksTheFormat) {
  for (const char* vector : {
           "",
           "CVSS:3.1/",
           "CVSS:5.0/AV:N",
           "AV:N/AC:L",
           "7.5",
           "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H",           // metric missing
           "CVSS:3.1/AV:N/AV:L/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",  // metric twice
           "CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",       // no such value
           "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/ZZ:H",  // no such metric
           "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:S/SI:N/SA:N",
       }) {
    EXPECT_FALSE(cvss_score(vector)) << vector;
  }
}

TEST(Cvss, VersionsAndRatings) {
  EXPECT_EQ(cvss_version("CVSS:4.0/AV:N"), 4.0);
  EXPECT_EQ(cvss_version("CVSS:3.0/AV:N"), 3.0);
  EXPECT_EQ(cvss_version("AV:N/AC:L"), 2.0);
  EXPECT_EQ(cvss_rating(9.0), model::Severity::kCritical);
  EXPECT_EQ(cvss_rating(8.9), model::Severity::kHigh);
  EXPECT_EQ(cvss_rating(6.9), model::Severity::kMedium);
  EXPECT_EQ(cvss_rating(0.1), model::Severity::kLow);
  EXPECT_EQ(cvss_rating(0.0), model::Severity::kNegligible);
}

}  // namespace
}  // namespace bulkhead::vuln
