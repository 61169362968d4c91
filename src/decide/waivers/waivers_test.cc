// SPDX-License-Identifier: Apache-2.0
#include "decide/waivers/waivers.h"

#include <gtest/gtest.h>

namespace bulkhead::decide {
namespace {

model::ScanReport report_with(std::initializer_list<const char*> ids) {
  model::ScanReport report;
  model::Package package;
  package.type = "npm";
  package.name = "lodash";
  package.version = "4.17.4";
  package.locations.push_back({"opt/app/node_modules/lodash/package.json", 0, 0});
  report.packages.push_back(package);
  for (const char* id : ids) {
    model::Finding finding;
    finding.id = id;
    finding.aliases = {"GHSA-aaaa-bbbb-cccc"};
    report.findings.push_back(finding);
  }
  return report;
}

TEST(Ignore, TrivysFormMaySpeakOfOtherThingsOnly) {
  auto none = parse_waivers(".trivyignore.yaml", "misconfigurations:\n  - id: DS002\n");
  ASSERT_TRUE(none) << none.error().message();
  EXPECT_TRUE(none->empty());
  for (const char* text : {"{}", "vulnerabilties: []", "misconfigurations: []\nignroe: []"}) {
    EXPECT_FALSE(parse_waivers(".trivyignore.yaml", text)) << text;
  }
}

TEST(Ignore, EveryMistakeIsTold) {
  for (const auto& [name, text] :
       {std::pair{"w.yaml", "ignore:\n  - {id: A, expires: soon}\n  - {id: B}\n  - {owner: x}\n"},
        std::pair{"plain", "A exp:soon\nB\nC D\n"}}) {
    std::vector<base::Error> mistakes;
    auto rules = parse_waivers(name, text, mistakes);
    ASSERT_TRUE(rules);
    ASSERT_EQ(rules->size(), 1u) << name;
    EXPECT_EQ(rules->front().id, "B");
    EXPECT_EQ(mistakes.size(), 2u);
    EXPECT_FALSE(parse_waivers(name, text));
  }
}

TEST(Ignore, ReadsTrivysPlainForm) {
  auto rules = parse_waivers(".trivyignore",
                             "# accepted\nCVE-2020-1\n\nCVE-2020-2 exp:2024-01-02 # until then\n");
  ASSERT_TRUE(rules) << rules.error().message();
  ASSERT_EQ(rules->size(), 2u);
  EXPECT_EQ((*rules)[0].id, "CVE-2020-1");
  EXPECT_EQ((*rules)[1].expires, "2024-01-02");
  EXPECT_EQ((*rules)[1].reason, "until then");
  EXPECT_EQ((*rules)[1].where, ".trivyignore:4");
}

TEST(Ignore, PassesOverAByteOrderMark) {
  for (const auto& [name, text] :
       {std::pair{".trivyignore",
                  "\xEF\xBB\xBF"
                  "CVE-2020-1\r\nCVE-2020-2\r\n"},
        std::pair{"x.yaml", "\xEF\xBB\xBFignore:\n  - id: CVE-2020-1\n"},
        std::pair{"pipe", "\xEF\xBB\xBFignore:\n  - id: CVE-2020-1\n"}}) {
    auto rules = parse_waivers(name, text);
    ASSERT_TRUE(rules) << name << ": " << rules.error().message();
    EXPECT_EQ(rules->front().id, "CVE-2020-1") << name;
  }
}

TEST(Ignore, IdsAreKnownInAnyCase) {
  for (const char* id : {"cve-2026-1", "CVE-2026-1", "ghsa-AAAA-bbbb-cccc"}) {
    model::ScanReport report = report_with({"CVE-2026-1"});
    apply_waivers(*parse_waivers("plain", id), 0, report);
    EXPECT_EQ(report.ignored.size(), 1u) << id;
  }
}

TEST(Ignore, RefusesWhatItDoesNotUnderstand) {
  for (const char* text : {"CVE-1 exp:tomorrow", "CVE-1 CVE-2", "exp:2024-01-01"}) {
    EXPECT_FALSE(parse_waivers("x", text)) << text;
  }
  for (const char* text : {"ignore:\n  - reason: none\n", "ignore: 3\n", "[",
                           "ignore:\n  - id: CVE-1\n    expires: never\n",
                           "ignore:\n  - id: CVE-1\n    justification: luck\n"}) {
    EXPECT_FALSE(parse_waivers("x.yaml", text)) << text;
  }
}

// A limit that is not understood would cover everything, or for ever.
TEST(Ignore, RefusesLimitsThatSayNothing) {
  for (const char* line :
       {"purls: {a: pkg:npm/x}", "purls: []", "purls:", "purls: ['']", "purl: pkg:npm/x",
        "packages: [pkg:npm/x]", "package: pkg:npm/x\n    purls: [pkg:npm/y]", "path: srv/**",
        "paths: {a: b}", "paths: []", "paths: null", "expires: [2020-01-01]", "expires: ''",
        "expires: '2020-01-01'\n    expired_at: '2030-01-01'", "expiry: '2020-01-01'",
        "expires: '2026-02-30'", "owner: [a]"}) {
    auto rules = parse_waivers("x.yaml", std::string("ignore:\n  - id: CVE-1\n    ") + line + "\n");
    ASSERT_FALSE(rules) << line;
    EXPECT_TRUE(rules.error().message().starts_with("x.yaml:")) << rules.error().message();
  }
}

TEST(Ignore, AppliesByIdAliasPackageAndPath) {
  struct Case {
    const char* yaml;
    size_t ignored;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"ignore:\n  - id: CVE-2020-1\n", 1},
           {"ignore:\n  - id: GHSA-aaaa-bbbb-cccc\n", 2},
           {"ignore:\n  - {id: CVE-2020-1, package: 'pkg:npm/lodash'}\n", 1},
           {"ignore:\n  - {id: CVE-2020-1, package: 'pkg:npm/lodash@4.17.4'}\n", 1},
           {"ignore:\n  - {id: CVE-2020-1, package: 'pkg:npm/lodash@4.17.5'}\n", 0},
           {"ignore:\n  - {id: CVE-2020-1, paths: ['opt/app/**']}\n", 1},
           {"ignore:\n  - {id: CVE-2020-1, paths: ['srv/**']}\n", 0},
           {"vulnerabilities:\n  - {id: CVE-2020-2, statement: not used, expired_at: 2030-01-01}\n",
            1},
       }) {
    auto rules = parse_waivers("x.yaml", c.yaml);
    ASSERT_TRUE(rules) << c.yaml << rules.error().message();
    model::ScanReport report = report_with({"CVE-2020-1", "CVE-2020-2"});
    apply_waivers(*rules, *base::parse_time("2026-01-01"), report);
    EXPECT_EQ(report.ignored.size(), c.ignored) << c.yaml;
    EXPECT_EQ(report.findings.size(), 2 - c.ignored) << c.yaml;
  }
}

TEST(Ignore, KnowsWhoAnswersForAWaiver) {
  auto rules = parse_waivers("x.yaml",
                             "ignore:\n  - id: CVE-2020-1\n    waiver: W-7\n    owner: team-web\n"
                             "    justification: vulnerable_code_not_in_execute_path\n"
                             "    expires: 2025-01-01\n");
  ASSERT_TRUE(rules) << rules.error().message();
  model::ScanReport report = report_with({"CVE-2020-1"});
  apply_waivers(*rules, *base::parse_time("2024-01-01"), report);
  ASSERT_EQ(report.ignored.size(), 1u);
  EXPECT_EQ(report.ignored[0].waiver, "W-7");
  EXPECT_EQ(report.ignored[0].owner, "team-web");
  EXPECT_EQ(report.ignored[0].justification, model::VexJustification::kCodeNotInExecutePath);
  report = report_with({"CVE-2020-1"});
  apply_waivers(*rules, *base::parse_time("2026-01-01"), report);
  EXPECT_EQ(report.findings.size(), 1u);
  ASSERT_EQ(report.diagnostics.all().size(), 1u);
  EXPECT_EQ(report.diagnostics.all()[0].message,
            "CVE-2020-1 is reported again: the rule of team-web expired on 2025-01-01");
}

TEST(Ignore, ExpiredRulesReportAgainAndSaySo) {
  auto rules = parse_waivers("x", "CVE-2020-1 exp:2026-01-01");
  ASSERT_TRUE(rules);
  model::ScanReport report = report_with({"CVE-2020-1"});
  apply_waivers(*rules, *base::parse_time("2026-01-01T23:59:59Z"), report);
  EXPECT_EQ(report.ignored.size(), 1u);
  report = report_with({"CVE-2020-1"});
  apply_waivers(*rules, *base::parse_time("2026-01-02T00:00:00Z"), report);
  EXPECT_EQ(report.findings.size(), 1u);
  ASSERT_EQ(report.diagnostics.all().size(), 1u);
  EXPECT_EQ(report.diagnostics.all()[0].kind, "waiver-expired");
}

}  // namespace
}  // namespace bulkhead::decide
