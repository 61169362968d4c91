// SPDX-License-Identifier: Apache-2.0
// The matcher over language ecosystems, each case with its own tiny database.
#include "vuln/match.h"

#include <gtest/gtest.h>

#include "vuln/testing.h"

namespace bulkhead::vuln {
namespace {

using namespace testing;

// One record about one package with these events.
std::string osv(const std::string& id, const std::string& ecosystem, const std::string& name,
                const std::string& events, const std::string& more = "") {
  return R"({"id":")" + id + R"(","modified":"2024-01-02T03:04:05Z","summary":"Title of )" + id +
         R"(","affected":[{"package":{"ecosystem":")" + ecosystem + R"(","name":")" + name +
         R"("},"ranges":[{"type":"ECOSYSTEM","events":[)" + events + "]}]}]" + more + "}";
}

struct RangeCase {
  const char* ecosystem;
  const char* type;
  const char* recorded;   // name in the advisory
  const char* installed;  // name of the package
  const char* version;
  const char* events;
  bool affected;
};

class Ranges : public ::testing::TestWithParam<RangeCase> {};

TEST_P(Ranges, Match) {
  const RangeCase& c = GetParam();
  std::string path = std::string("osv/") + c.ecosystem + "/X-1.json";
  Database db = build_database({{path, osv("X-1", c.ecosystem, c.recorded, c.events)}});
  MatchResult result = match_one(db, {}, package(c.type, c.installed, c.version));
  EXPECT_EQ(ids(result), c.affected ? "X-1" : "") << c.installed << " " << c.version;
  EXPECT_TRUE(result.not_judged.empty());
}

constexpr const char* kBelow2 = R"({"introduced":"0"},{"fixed":"2.0.0"})";

INSTANTIATE_TEST_SUITE_P(
    Table, Ranges,
    ::testing::Values(
        RangeCase{"npm", "npm", "left-pad", "left-pad", "1.9.9", kBelow2, true},
        RangeCase{"npm", "npm", "left-pad", "left-pad", "2.0.0", kBelow2, false},
        RangeCase{"npm", "npm", "left-pad", "left-pad", "2.0.0-rc.1", kBelow2, true},
        RangeCase{"npm", "npm", "left-pad", "Left-Pad", "1.0.0", kBelow2, false},
        RangeCase{"npm", "npm", "@babel/traverse", "@babel/traverse", "1.0.0", kBelow2, true},
        RangeCase{"npm", "npm", "traverse", "@babel/traverse", "1.0.0", kBelow2, false},
        RangeCase{"PyPI", "pypi", "Zope.Interface", "zope-interface", "1.0", kBelow2, true},
        RangeCase{"PyPI", "pypi", "ruamel.yaml", "ruamel__YAML", "1.0", kBelow2, true},
        RangeCase{"PyPI", "pypi", "a", "a", "2.0.0.post1", kBelow2, false},
        RangeCase{"PyPI", "pypi", "a", "a", "2.0rc1", kBelow2, true},
        RangeCase{"PyPI", "pypi", "a", "a", "1!1.0", kBelow2, false},
        RangeCase{"Go", "golang", "github.com/Masterminds/sprig", "github.com/Masterminds/sprig",
                  "v1.2.3", kBelow2, true},
        RangeCase{"Go", "golang", "github.com/Masterminds/sprig", "github.com/masterminds/sprig",
                  "v1.2.3+incompatible", kBelow2, true},
        RangeCase{"Go", "golang", "a.com/b", "a.com/b", "v2.0.1-0.20200101000000-abcdefabcdef",
                  kBelow2, false},
        RangeCase{"Go", "golang", "a.com/b", "a.com/b/v2", "v1.0.0", kBelow2, false},
        RangeCase{"Go", "golang", "stdlib", "stdlib", "go1.21rc2",
                  R"({"introduced":"1.21.0-0"},{"fixed":"1.21.0-rc.3"})", true},
        RangeCase{"Go", "golang", "stdlib", "stdlib", "1.21.4",
                  R"({"introduced":"1.21.0-0"},{"fixed":"1.21.4"})", false},
        RangeCase{"Maven", "maven", "org.a:b", "org.a/b", "2.0.0-SNAPSHOT", kBelow2, true},
        RangeCase{"Packagist", "composer", "Symfony/HTTP-Kernel", "symfony/http-kernel", "v1.9",
                  kBelow2, true},
        RangeCase{"NuGet", "nuget", "Newtonsoft.Json", "newtonsoft.json", "1.0.0", kBelow2, true},
        RangeCase{"RubyGems", "gem", "rack", "rack", "2.0.0.rc1", kBelow2, true},
        RangeCase{"crates.io", "cargo", "time", "time", "0.1.0", kBelow2, true},
        // Several intervals in one range, last_affected, limit, an introduced that is not zero.
        RangeCase{"npm", "npm", "a", "a", "1.5.0",
                  R"({"introduced":"1.0.0"},{"fixed":"1.4.0"},{"introduced":"2.0.0"},)"
                  R"({"fixed":"2.1.0"})", false},
        RangeCase{"npm", "npm", "a", "a", "2.0.0",
                  R"({"introduced":"2.0.0"},{"fixed":"2.1.0"},{"introduced":"1.0.0"},)"
                  R"({"fixed":"1.4.0"})", true},
        RangeCase{"npm", "npm", "a", "a", "0.9.0", R"({"introduced":"1.0.0"})", false},
        RangeCase{"npm", "npm", "a", "a", "9.0.0", R"({"introduced":"1.0.0"})", true},
        RangeCase{"npm", "npm", "a", "a", "1.2.0",
                  R"({"introduced":"0"},{"last_affected":"1.2.0"})", true},
        RangeCase{"npm", "npm", "a", "a", "1.2.1",
                  R"({"introduced":"0"},{"last_affected":"1.2.0"})", false},
        RangeCase{"npm", "npm", "a", "a", "1.2.2",
                  R"({"introduced":"0"},{"last_affected":"1.2.0"},{"last_affected":"1.2.2"},)"
                  R"({"last_affected":"1.2.1"})", true},
        RangeCase{"npm", "npm", "a", "a", "1.2.3",
                  R"({"introduced":"0"},{"last_affected":"1.2.0"},{"last_affected":"1.2.2"})",
                  false},
        RangeCase{"npm", "npm", "a", "a", "1.3.0",
                  R"({"introduced":"0"},{"last_affected":"1.2.0"},{"introduced":"2.0.0"},)"
                  R"({"last_affected":"2.1.0"})", false},
        RangeCase{"npm", "npm", "a", "a", "1.2.1", R"({"introduced":"0"},{"limit":"1.2.1"})",
                  false},
        RangeCase{"npm", "npm", "a", "a", "1.2.0", R"({"introduced":"0"},{"limit":"1.2.1"})", true},
        RangeCase{"npm", "npm", "a", "a", "1.2.0", R"({"introduced":"0"},{"limit":"*"})", true},
        RangeCase{"Bitnami", "bitnami", "nginx", "nginx", "1.9.0-3", kBelow2, true}));

TEST(Match, FillsAFinding) {
  Database db = build_database({{"osv/npm/GHSA-aaaa-bbbb-cccc.json", R"({
    "id": "GHSA-aaaa-bbbb-cccc", "aliases": ["CVE-2024-1000"],
    "published": "2024-01-01T00:00:00Z", "modified": "2024-02-02T00:00:00Z",
    "summary": "Prototype pollution", "details": "Long text.",
    "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
    "database_specific": {"severity": "LOW", "cwe_ids": ["CWE-1321"]},
    "references": [{"type": "WEB", "url": "https://b.example"},
                   {"type": "ADVISORY", "url": "https://a.example"}],
    "affected": [{"package": {"ecosystem": "npm", "name": "a"},
      "ranges": [{"type": "SEMVER", "events": [{"introduced": "1.0.0"}, {"fixed": "1.4.2"}]},
                 {"type": "SEMVER", "events": [{"introduced": "2.0.0"}, {"fixed": "2.0.1"}]}]}]
  })"}});
  MatchResult result = match_one(db, {}, package("npm", "a", "1.4.0"));
  ASSERT_EQ(result.findings.size(), 1u);
  const model::Finding& f = result.findings[0];
  EXPECT_EQ(f.id, "CVE-2024-1000");
  EXPECT_EQ(f.aliases, std::vector<std::string>{"GHSA-aaaa-bbbb-cccc"});
  EXPECT_EQ(f.class_id.size(), 16u);
  EXPECT_EQ(f.title, "Prototype pollution");
  EXPECT_EQ(f.description, "Long text.");
  EXPECT_EQ(f.severity, model::Severity::kCritical);
  EXPECT_EQ(f.severity_source, "osv:npm");
  ASSERT_TRUE(f.cvss);
  EXPECT_EQ(f.cvss->score, 9.8);
  EXPECT_EQ(f.fix_state, model::FixState::kFixed);
  EXPECT_EQ(f.fix_versions, (std::vector<std::string>{"1.4.2", "2.0.1"}));
  EXPECT_EQ(f.published, "2024-01-01T00:00:00Z");
  EXPECT_EQ(f.modified, "2024-02-02T00:00:00Z");
  EXPECT_EQ(f.references, (std::vector<std::string>{"https://a.example", "https://b.example"}));
  EXPECT_EQ(f.cwes, std::vector<std::string>{"CWE-1321"});
  EXPECT_EQ(f.sources, std::vector<std::string>{"osv:npm"});
  ASSERT_EQ(f.proofs.size(), 1u);
  const model::Proof& p = f.proofs[0];
  EXPECT_EQ(p.advisory, "GHSA-aaaa-bbbb-cccc");
  EXPECT_EQ(p.source, "osv:npm");
  EXPECT_EQ(p.ecosystem, "npm");
  EXPECT_EQ(p.package, "a");
  EXPECT_EQ(p.package_kind, "binary");
  EXPECT_EQ(p.range, ">= 1.0.0, < 1.4.2");
  EXPECT_EQ(p.compared, "1.4.0");
  EXPECT_EQ(p.scheme, "semver");
  EXPECT_EQ(p.rule, "below-fixed");
  EXPECT_EQ(p.path, "where/it/is");
}

TEST(Match, JoinsAliases) {
  Database db = build_database({
      {"osv/PyPI/PYSEC-2024-1.json",
       osv("PYSEC-2024-1", "PyPI", "a", kBelow2, R"(,"aliases":["GHSA-1111-2222-3333"])")},
      {"osv/PyPI/GHSA-1111-2222-3333.json",
       osv("GHSA-1111-2222-3333", "PyPI", "a", R"({"introduced":"0"},{"fixed":"2.0.1"})",
           R"(,"aliases":["CVE-2024-7"])")},
      {"osv/PyPI/PYSEC-2024-2.json", osv("PYSEC-2024-2", "PyPI", "a", kBelow2)},
  });
  MatchResult result = match_one(db, {}, package("pypi", "a", "1.0"));
  ASSERT_EQ(ids(result), "CVE-2024-7 PYSEC-2024-2");
  const model::Finding& f = result.findings[0];
  EXPECT_EQ(f.aliases, (std::vector<std::string>{"GHSA-1111-2222-3333", "PYSEC-2024-1"}));
  EXPECT_EQ(f.proofs.size(), 2u);
  // 2.0.0 would still be affected by the other record.
  EXPECT_EQ(f.fix_versions, std::vector<std::string>{"2.0.1"});
}

TEST(Match, ListedVersions) {
  Database db = build_database({{"osv/Maven/CVE-2024-1.json", R"({"id": "CVE-2024-1", "affected": [
    {"package": {"ecosystem": "Maven", "name": "g:a"}, "versions": ["1.0", "2.2.RELEASE"]}]})"}});
  MatchResult result = match_one(db, {}, package("maven", "g/a", "1.0.0"));
  ASSERT_EQ(ids(result), "CVE-2024-1");
  EXPECT_EQ(result.findings[0].proofs[0].rule, "listed-version");
  EXPECT_EQ(result.findings[0].proofs[0].range, "= 1.0.0");
  EXPECT_EQ(result.findings[0].fix_state, model::FixState::kUnknown);
  EXPECT_EQ(ids(match_one(db, {}, package("maven", "g/a", "1.1"))), "");
}

TEST(Match, MaliciousPackages) {
  Database db = build_database({{"osv/npm/MAL-2024-1.json", R"({"id": "MAL-2024-1",
    "summary": "Malicious code in evil", "affected": [{"package": {"ecosystem": "npm",
    "name": "evil"}, "versions": ["1.0.0"], "ranges": [{"type": "SEMVER",
    "events": [{"introduced": "0"}]}]}]})"}});
  MatchResult result = match_one(db, {}, package("npm", "evil", "7.7.7"));
  ASSERT_EQ(ids(result), "MAL-2024-1");
  EXPECT_EQ(result.findings[0].kind, "malicious");
  EXPECT_EQ(result.findings[0].severity, model::Severity::kCritical);
}

TEST(Match, LeavesOutWhatSaysNothing) {
  base::Diagnostics diagnostics;
  base::Bytes bytes = build_bytes(
      {
          {"osv/npm/W-1.json",
           osv("W-1", "npm", "a", kBelow2, R"(,"withdrawn":"2024-01-01T00:00:00Z")")},
          {"osv/npm/G-1.json", R"({"id": "G-1", "affected": [{
             "package": {"ecosystem": "npm", "name": "a"},
             "ranges": [{"type": "GIT", "repo": "x", "events": [{"introduced": "0"}]}]}]})"},
          {"osv/npm/P-1.json", osv("P-1", "PyPI", "a", kBelow2)},  // another ecosystem's
          {"osv/npm/N-1.json",
           R"({"id": "N-1", "affected": [{"package": {"ecosystem": "npm", "name": "a"}}]})"},
          {"osv/npm/B-1.json", osv("B-1", "npm", "a", R"({"introduced":"0"},{"fixed":"two"})")},
          {"osv/npm/J-1.json", "{"},
          {"osv/npm/X-1.json", osv("X-1", "npm", "a", kBelow2)},
      },
      diagnostics);
  Database db = database_of(bytes);
  EXPECT_EQ(ids(match_one(db, {}, package("npm", "a", "1.0.0"))), "X-1");
  EXPECT_EQ(ids(match_one(db, {}, package("pypi", "a", "1.0.0"))), "");
  std::string said;
  for (const auto& d : diagnostics.all()) said += d.where + " ";
  EXPECT_EQ(said, "osv/npm/B-1.json osv/npm/J-1.json osv/npm/N-1.json ");
}

TEST(Match, SaysWhatItCannotJudge) {
  Database db = build_database({{"osv/npm/X-1.json", osv("X-1", "npm", "a", kBelow2)}});
  std::vector<model::Package> packages = {
      package("npm", "a", "latest"), package("npm", "a", ""),       package("npm", "b", "latest"),
      package("nuget", "C", "1.0"),  package("nuget", "D", "1.0"),  package("deb", "e", "1"),
      package("generic", "f", "1"),  package("npm", "a", "1.0.0"),
  };
  packages[7].owner = "pkg:deb/debian/node-a@1.0.0";
  base::Diagnostics diagnostics;
  MatchResult result = match(db, distro("fedora", "40"), packages, diagnostics);
  EXPECT_TRUE(result.findings.empty());
  std::string said;
  for (const auto& n : result.not_judged) said += n.what + " | " + n.reason + "\n";
  EXPECT_EQ(said,
            "pkg:npm/a@latest | \"latest\" is not a version of the scheme semver\n"
            "pkg:npm/a | no exact version is known\n"
            "NuGet: 2 nuget packages | no advisory source for NuGet in the database\n"
            "fedora 40: 1 deb package | no advisory source for Fedora:40 in the database\n"
            "generic: 1 generic package | no advisory source speaks about packages of type "
            "generic\n"
            "npm: 1 npm package | owned by packages of the distribution, which no advisory source "
            "speaks about\n");
}

}  // namespace
}  // namespace bulkhead::vuln
