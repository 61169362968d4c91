// SPDX-License-Identifier: Apache-2.0
// The starter list is data: every line of it must be readable and make sense.
#include <gtest/gtest.h>

#include <set>

#include "base/json.h"
#include "base/text.h"
#include "version/scheme.h"
#include "vuln/ecosystems.h"
#include "vuln/testing.h"

namespace bulkhead::vuln {

std::string_view starter_advisories();

namespace {

using namespace testing;
using base::json::Value;

TEST(Starter, EveryEntryIsWellFormed) {
  auto document = base::json::Document::parse(starter_advisories());
  ASSERT_TRUE(document);
  Value root = document->root();
  EXPECT_TRUE(base::parse_time(root["date"].string_or("")));
  std::set<std::string> seen;
  size_t exploited = 0;
  root["advisories"].each([&](Value item) {
    std::string id(item["id"].string_or(""));
    EXPECT_TRUE(parse_cve(id) || id.starts_with("GHSA-")) << id;
    EXPECT_TRUE(seen.insert(id).second) << id << " stands there twice";
    EXPECT_TRUE(model::parse_severity(item["severity"].string_or(""))) << id;
    std::string_view title = item["title"].string_or("");
    EXPECT_TRUE(title.size() > 15 && title.size() <= 100 && title.back() != '.') << id;
    if (!item["kev"].missing()) {
      ++exploited;
      EXPECT_TRUE(base::parse_time(item["kev"].string_or(""))) << id;
    }
    EXPECT_GT(item["affected"].size(), 0u) << id;
    item["affected"].each([&](Value affected) {
      std::string_view ecosystem = affected["ecosystem"].string_or("");
      EXPECT_NE(version::scheme_for_ecosystem(ecosystem), nullptr) << id << " " << ecosystem;
      EXPECT_FALSE(affected["package"].string_or("").empty()) << id;
      EXPECT_GT(affected["versions"].size(), 0u) << id;
    });
  });
  EXPECT_GE(seen.size(), 180u);
  EXPECT_GE(exploited, 50u);
}

TEST(Starter, ReadsWithoutDiagnostics) {
  base::Diagnostics diagnostics;
  base::Bytes bytes =
      build_bytes({{"starter/advisories.json", std::string(starter_advisories())}}, diagnostics);
  for (const auto& d : diagnostics.all()) ADD_FAILURE() << d.message;
  // Nothing was dropped on the way.
  EXPECT_GE(database_of(bytes).info().advisories, 180u);
}

TEST(Starter, AnswersWithoutFeeds) {
  auto database = starter_database();
  ASSERT_TRUE(database);
  ASSERT_EQ(database->info().sources.size(), 1u);
  EXPECT_EQ(database->info().sources[0].name, "starter");
  MatchResult result = match_one(
      *database, {}, package("maven", "org.apache.logging.log4j/log4j-core", "2.14.1"));
  EXPECT_EQ(ids(result), "CVE-2021-44228 CVE-2021-44832 CVE-2021-45046 CVE-2021-45105");
  const model::Finding& shell = result.findings[0];
  EXPECT_EQ(shell.severity, model::Severity::kCritical);
  EXPECT_TRUE(shell.kev && shell.kev_ransomware);
  EXPECT_EQ(shell.kev_date, "2021-12-10");
  EXPECT_EQ(shell.fix_versions, std::vector<std::string>{"2.15.0"});
  model::Package libc = package("deb", "libc6", "2.36-9+deb12u2");
  libc.source_name = "glibc";
  EXPECT_EQ(ids(match_one(*database, distro("debian", "12"), libc)), "CVE-2023-4911");
}

}  // namespace
}  // namespace bulkhead::vuln
