// SPDX-License-Identifier: Apache-2.0
// What explain() says, for every reason to report and not to report.
#include <gtest/gtest.h>

#include "vuln/match.h"
#include "vuln/testing.h"

namespace bulkhead::vuln {
namespace {

using namespace testing;
using Outcome = Explanation::Outcome;

const char* kDebianTracker = R"({
  "curl": {
    "CVE-2023-0001": {"description": "A hole.", "releases": {
      "bookworm": {"status": "resolved", "fixed_version": "7.88.1-10"},
      "bullseye": {"status": "resolved", "fixed_version": "0"}}},
    "CVE-2023-0002": {"releases": {"bookworm": {"status": "open", "urgency": "low"}}}},
  "wget": {
    "CVE-2023-0005": {"releases": {"bookworm": {"status": "undetermined"}}},
    "CVE-2023-0006": {"releases": {"bookworm": {"status": "open", "nodsa_reason": "ignored"}}}},
  "zlib": {"CVE-2023-0002": {"releases": {"bookworm": {"status": "open", "urgency": "low"}}}}})";

Database small_database() {
  return build_database({{"debian/tracker.json", kDebianTracker},
                         {"osv/npm/GHSA-1111-2222-3333.json", R"({
    "id": "GHSA-1111-2222-3333", "aliases": ["CVE-2024-0001"], "summary": "Bad",
    "affected": [{"package": {"ecosystem": "npm", "name": "a"}, "ranges": [{"type": "SEMVER",
      "events": [{"introduced": "1.0.0"}, {"fixed": "1.5.0"}]}]}]})"},
                         {"osv/AlmaLinux/ALSA-1.json", R"({
    "id": "ALSA-1", "summary": "Important: nodejs:16 security update",
    "related": ["CVE-2024-0003", "CVE-2024-0004"],
    "affected": [{"package": {"ecosystem": "AlmaLinux:8", "name": "nodejs"}, "ranges": [{
      "type": "ECOSYSTEM", "events": [{"introduced": "0"},
      {"fixed": "1:16.9-1.module_el8.5.0+1+a"}]}]}]})"}});
}

struct Asked {
  const char* name;
  model::Distro where;
  model::Package what;
  const char* id;
  Outcome outcome;
  const char* rule;
  const char* sentence;
};

std::vector<Asked> rows() {
  model::Package owned = package("npm", "a", "1.2.0");
  owned.owner = "pkg:deb/debian/node-a@1.2.0";
  model::Package claims = package("deb", "curl", "7.88.1-1");
  claims.fix_claims = {{"CVE-2023-0002", "7.88.1-1", "usr/share/doc/curl/changelog.Debian.gz"}};
  model::Package silent = package("deb", "zlib", "1.2-1");
  silent.fix_claims = {{"CVE-2023-0001", "1.1-1", "c"}};
  model::Package node = package("rpm", "nodejs", "1:14.1-1.module_el8.5.0+1+a");
  node.qualifiers["modularity"] = "nodejs:14:8050:c0ffee";
  model::Distro debian = distro("debian", "12");
  constexpr auto kAffected = Outcome::kAffected;
  constexpr auto kNotAffected = Outcome::kNotAffected;
  constexpr auto kNotJudged = Outcome::kNotJudged;
  return {
      {"below", debian, package("deb", "curl", "7.88.1-9"), "CVE-2023-0001", kAffected,
       "below-fixed", "7.88.1-9 is below the fixed version 7.88.1-10, says debian (CVE-2023-0001)"},
      {"fixed", debian, package("deb", "curl", "7.88.1-10"), "CVE-2023-0001", kNotAffected,
       "not-below-fixed",
       "not reported: 7.88.1-10 is not below the fixed version 7.88.1-10, says debian "
       "(CVE-2023-0001)"},
      {"never", distro("debian", "11"), package("deb", "curl", "7"), "CVE-2023-0001", kNotAffected,
       "not-affected",
       "not reported: it never was affected in Debian:11, says debian (CVE-2023-0001)"},
      {"open", debian, package("deb", "curl", "7"), "CVE-2023-0002", kAffected, "no-fix",
       "7 is affected and no fixed version is known, says debian (CVE-2023-0002)"},
      {"undetermined", debian, package("deb", "wget", "7"), "CVE-2023-0005",
       Outcome::kInvestigating, "no-fix",
       "7 may be affected: this is still under investigation, says debian (CVE-2023-0005)"},
      {"ignored", debian, package("deb", "wget", "7"), "CVE-2023-0006", kAffected, "no-fix",
       "7 is affected and will not be fixed, says debian (CVE-2023-0006)"},
      {"changelog", debian, claims, "CVE-2023-0002", kNotAffected, "changelog",
       "not reported: the changelog says that 7.88.1-1 fixed CVE-2023-0002 "
       "(usr/share/doc/curl/changelog.Debian.gz)"},
      {"changelog alone", debian, silent, "CVE-2023-0001", kNotAffected, "changelog",
       "not reported: no advisory speaks about it, and the changelog says that 1.1-1 fixed "
       "CVE-2023-0001"},
      {"by alias",
       {},
       package("npm", "a", "1.2.0"),
       "CVE-2024-0001",
       kAffected,
       "below-fixed",
       "1.2.0 is below the fixed version 1.5.0, says osv:npm (GHSA-1111-2222-3333)"},
      {"outside",
       {},
       package("npm", "a", "0.9.0"),
       "GHSA-1111-2222-3333",
       kNotAffected,
       "not-below-fixed",
       "not reported: 0.9.0 is in none of the affected versions (>= 1.0.0, < 1.5.0), says osv:npm "
       "(GHSA-1111-2222-3333)"},
      {"owned", debian, owned, "CVE-2024-0001", kNotJudged, "owned",
       "not judged on its own: its files belong to pkg:deb/debian/node-a@1.2.0, which is judged "
       "instead"},
      {"bad version",
       {},
       package("npm", "a", "latest"),
       "CVE-2024-0001",
       kNotJudged,
       "invalid-version",
       "not judged: \"latest\" is not a version of the scheme semver"},
      {"no source", distro("fedora", "40"), package("rpm", "curl", "8.0-1"), "CVE-2023-0001",
       kNotJudged, "no-source", "not judged: no advisory source for Fedora:40 in the database"},
      {"no record", debian, package("deb", "zlib", "1.2-1"), "CVE-2023-0001", kNotJudged, "", ""},
      {"stream", distro("almalinux", "8"), node, "CVE-2024-0003", kNotAffected, "other-stream",
       "not reported: the advisory is about another module stream (nodejs:16), says osv:AlmaLinux "
       "(ALSA-1)"},
      {"elsewhere", {}, package("npm", "b", "1.0.0"), "CVE-2024-0001", kNotJudged, "", ""},
  };
}

TEST(Explain, EveryReason) {
  Database db = small_database();
  for (const Asked& row : rows()) {
    AdvisoryFacts facts = explain(db, row.where, std::span(&row.what, 1), row.id);
    EXPECT_TRUE(facts.known) << row.name;
    if (*row.sentence == '\0') {
      EXPECT_TRUE(facts.explanations.empty()) << row.name << facts.explanations[0].sentence;
      continue;
    }
    ASSERT_EQ(facts.explanations.size(), 1u) << row.name;
    const Explanation& e = facts.explanations[0];
    EXPECT_EQ(e.outcome, row.outcome) << row.name;
    EXPECT_EQ(e.sentence, row.sentence) << row.name;
    EXPECT_EQ(e.proof.rule, row.rule) << row.name;
    EXPECT_EQ(e.package, 0u) << row.name;
    // The matcher reports exactly what is explained as affected.
    bool reported = !match_one(db, row.where, row.what).findings.empty();
    bool any = false;
    for (const char* id : {"CVE-2023-0001", "CVE-2023-0002", "CVE-2023-0005", "CVE-2024-0001",
                           "CVE-2024-0003"}) {
      for (const auto& other : explain(db, row.where, std::span(&row.what, 1), id).explanations) {
        any |= other.outcome == Outcome::kAffected || other.outcome == Outcome::kInvestigating;
      }
    }
    EXPECT_EQ(reported, any) << row.name;
  }
}

TEST(Explain, NamesTheVulnerability) {
  Database db = small_database();
  AdvisoryFacts facts = explain(db, {}, {}, "GHSA-1111-2222-3333");
  EXPECT_EQ(facts.id, "CVE-2024-0001");
  EXPECT_EQ(facts.aliases, std::vector<std::string>{"GHSA-1111-2222-3333"});
  EXPECT_EQ(facts.title, "Bad");
  EXPECT_FALSE(explain(db, {}, {}, "CVE-1999-9999").known);
}

}  // namespace
}  // namespace bulkhead::vuln
