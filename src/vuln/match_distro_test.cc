// SPDX-License-Identifier: Apache-2.0
// The matcher over distributions: source packages, states, module streams, ranks, changelogs.
#include <gtest/gtest.h>

#include <algorithm>

#include "catalog/os_release.h"
#include "vuln/ecosystems.h"
#include "vuln/match.h"
#include "vuln/testing.h"

namespace bulkhead::vuln {
namespace {

using namespace testing;
using model::FixState;
using model::Severity;

const char* kTracker = R"({
  "openssl": {
    "CVE-2023-0001": {"description": "First.", "releases": {
      "bookworm": {"status": "resolved", "fixed_version": "3.0.11-1~deb12u2", "urgency": "high"},
      "bullseye": {"status": "resolved", "fixed_version": "0", "urgency": "not yet assigned"}}},
    "CVE-2023-0002": {"releases": {
      "bookworm": {"status": "open", "urgency": "low**", "nodsa": "Minor", "nodsa_reason": ""}}},
    "CVE-2023-0003": {"releases": {
      "bookworm": {"status": "open", "urgency": "unimportant", "nodsa_reason": "ignored"}}},
    "CVE-2023-0004": {"releases": {"bookworm": {"status": "undetermined", "urgency": "medium"}}},
    "CVE-2023-0005": {"releases": {"bookworm": {"status": "open", "urgency": "end-of-life"}}}
  }})";

model::Package debian_package(std::string version) {
  model::Package out = package("deb", "libssl3", std::move(version));
  out.source_name = "openssl";
  return out;
}

const model::Finding* find(const MatchResult& result, std::string_view id) {
  for (const model::Finding& f : result.findings) {
    if (f.id == id) return &f;
  }
  return nullptr;
}

TEST(Debian, States) {
  Database db = build_database({{"debian/tracker.json", kTracker}});
  MatchResult result = match_one(db, distro("debian", "12", "bookworm"),
                                 debian_package("3.0.11-1~deb12u1"));
  ASSERT_EQ(ids(result), "CVE-2023-0001 CVE-2023-0002 CVE-2023-0003 CVE-2023-0004 CVE-2023-0005");
  struct Expected {
    const char* id;
    FixState state;
    Severity severity;
    const char* rule;
  };
  for (const Expected& e :
       {Expected{"CVE-2023-0001", FixState::kFixed, Severity::kHigh, "below-fixed"},
        {"CVE-2023-0002", FixState::kAffected, Severity::kLow, "no-fix"},
        {"CVE-2023-0003", FixState::kWillNotFix, Severity::kNegligible, "no-fix"},
        {"CVE-2023-0004", FixState::kInvestigating, Severity::kMedium, "no-fix"},
        {"CVE-2023-0005", FixState::kWillNotFix, Severity::kUnknown, "no-fix"}}) {
    const model::Finding* f = find(result, e.id);
    ASSERT_NE(f, nullptr) << e.id;
    EXPECT_EQ(f->fix_state, e.state) << e.id;
    EXPECT_EQ(f->severity, e.severity) << e.id;
    ASSERT_EQ(f->proofs.size(), 1u);
    EXPECT_EQ(f->proofs[0].rule, e.rule) << e.id;
    EXPECT_EQ(f->proofs[0].package, "openssl");
    EXPECT_EQ(f->proofs[0].package_kind, "source");
    EXPECT_EQ(f->proofs[0].ecosystem, "Debian:12");
    EXPECT_EQ(f->proofs[0].source, "debian");
    EXPECT_EQ(f->proofs[0].scheme, "deb");
  }
  EXPECT_EQ(find(result, "CVE-2023-0001")->fix_versions,
            std::vector<std::string>{"3.0.11-1~deb12u2"});
}

TEST(Debian, ReleasesAndVersions) {
  Database db = build_database({{"debian/tracker.json", kTracker}});
  auto on = [&](const model::Distro& where, const model::Package& what) {
    return ids(match_one(db, where, what));
  };
  EXPECT_EQ(on(distro("debian", "11"), debian_package("1.1.1n-0+deb11u3")), "");
  EXPECT_EQ(on(distro("debian", "", "bookworm"), debian_package("3.0.11-1~deb12u2")),
            "CVE-2023-0002 CVE-2023-0003 CVE-2023-0004 CVE-2023-0005");
  // The source version decides, not the binary's.
  model::Package binary = debian_package("1:9.9-1");
  binary.source_version = "3.0.11-1~deb12u1";
  EXPECT_NE(on(distro("debian", "12"), binary).find("CVE-2023-0001"), std::string::npos);
  // A release without statements is judged by nobody.
  MatchResult result = match_one(db, distro("debian", "13"), debian_package("3.5.0-1"));
  ASSERT_EQ(result.not_judged.size(), 1u);
  EXPECT_EQ(result.not_judged[0].what, "debian 13: 1 deb package");
}

TEST(Debian, TrackerBeatsConversions) {
  const char* converted = R"({"id": "DSA-1-1", "aliases": ["CVE-2023-0001"], "affected": [
    {"package": {"ecosystem": "Debian:11", "name": "openssl"},
     "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "9"}]}]},
    {"package": {"ecosystem": "Debian:11", "name": "curl"},
     "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "9"}]}]}]})";
  Database db = build_database(
      {{"debian/tracker.json", kTracker}, {"osv/Debian/DSA-1-1.json", converted}});
  EXPECT_EQ(ids(match_one(db, distro("debian", "11"), debian_package("1.1.1"))), "");
  EXPECT_EQ(ids(match_one(db, distro("debian", "11"), package("deb", "curl", "1"))),
            "CVE-2023-0001");
}

TEST(Debian, ChangelogClosesOnlyWhatHasNoStatedFix) {
  Database db = build_database({{"debian/tracker.json", kTracker}});
  model::Package what = debian_package("3.0.11-1~deb12u1");
  for (const char* id : {"CVE-2023-0001", "CVE-2023-0002", "CVE-2023-0003", "CVE-2023-0004"}) {
    what.fix_claims.push_back({id, "3.0.9-1", "usr/share/doc/libssl3/changelog.Debian.gz"});
  }
  what.fix_claims.push_back({"CVE-2023-0005", "3.0.12-1", "later than installed"});
  MatchResult result = match_one(db, distro("debian", "12"), what);
  EXPECT_EQ(ids(result), "CVE-2023-0001 CVE-2023-0003 CVE-2023-0005");
  // What was closed is told, with the changelog that closed it.
  ASSERT_FALSE(result.closed.empty());
  for (const model::Ignored& closed : result.closed) {
    EXPECT_EQ(closed.by, model::IgnoredBy::kChangelog);
    EXPECT_EQ(closed.reason, "the changelog says that 3.0.9-1 fixed " + closed.finding.id);
    EXPECT_EQ(closed.file, "usr/share/doc/libssl3/changelog.Debian.gz");
    EXPECT_FALSE(closed.finding.class_id.empty());
    ASSERT_TRUE(closed.claim);
    EXPECT_EQ(closed.claim->version, "3.0.9-1");
  }
  EXPECT_EQ(result.closed[0].finding.id, "CVE-2023-0002");
}

TEST(Ubuntu, OsvRecords) {
  const char* record = R"({"id": "UBUNTU-CVE-2024-1", "upstream": ["CVE-2024-1"],
    "severity": [{"type": "Ubuntu", "score": "medium"},
      {"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
    "affected": [{"package": {"ecosystem": "Ubuntu:22.04:LTS", "name": "curl"},
      "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"},
        {"fixed": "7.81.0-1ubuntu1.16"}]}],
      "ecosystem_specific": {"ubuntu_priority": "low"}},
     {"package": {"ecosystem": "Ubuntu:Pro:22.04:LTS", "name": "curl"},
      "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "99+esm1"}]}]},
     {"package": {"ecosystem": "Ubuntu:Pro:18.04:LTS", "name": "curl"},
      "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}]}]})";
  Database db = build_database({{"osv/Ubuntu/UBUNTU-CVE-2024-1.json", record}});
  MatchResult result =
      match_one(db, distro("ubuntu", "22.04"), package("deb", "curl", "7.81.0-1ubuntu1.15"));
  ASSERT_EQ(ids(result), "CVE-2024-1");
  EXPECT_EQ(result.findings[0].severity, Severity::kLow);
  EXPECT_EQ(result.findings[0].cvss->score, 9.8);
  EXPECT_EQ(result.findings[0].aliases, std::vector<std::string>{"UBUNTU-CVE-2024-1"});
  EXPECT_EQ(result.findings[0].proofs[0].ecosystem, "Ubuntu:22.04:LTS");
  EXPECT_EQ(ids(match_one(db, distro("ubuntu", "22.04"),
                          package("deb", "curl", "7.81.0-1ubuntu1.16"))), "");
}

TEST(Ubuntu, Pro) {
  const char* record = R"({"id": "UBUNTU-CVE-2024-1", "upstream": ["CVE-2024-1"], "affected": [
    {"package": {"ecosystem": "Ubuntu:22.04:LTS", "name": "a"}, "ranges": [{"type": "ECOSYSTEM",
      "events": [{"introduced": "0"}]}]},
    {"package": {"ecosystem": "Ubuntu:Pro:22.04:LTS", "name": "a"}, "ranges": [{
      "type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.0-1ubuntu1+esm2"}]}]},
    {"package": {"ecosystem": "Ubuntu:Pro:22.04:LTS", "name": "b"}, "ranges": [{
      "type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.0-1ubuntu1+esm2"}]}]},
    {"package": {"ecosystem": "Ubuntu:Pro:FIPS:22.04:LTS", "name": "c"}, "ranges": [{
      "type": "ECOSYSTEM", "events": [{"introduced": "0"}]}]}]})";
  Database db = build_database({{"osv/Ubuntu/UBUNTU-CVE-2024-1.json", record}});
  auto on = [&](const char* name, const char* version) {
    MatchResult result = match_one(db, distro("ubuntu", "22.04"), package("deb", name, version));
    return result.findings.empty() ? "none" : result.findings[0].proofs[0].ecosystem;
  };
  EXPECT_EQ(on("a", "1.0-1ubuntu1"), "Ubuntu:22.04:LTS");
  EXPECT_EQ(on("a", "1.0-1ubuntu1+esm1"), "Ubuntu:Pro:22.04:LTS");
  EXPECT_EQ(on("a", "1.0-1ubuntu1+esm2"), "none");
  // Only Pro speaks: that fix exists, and this package lacks it.
  EXPECT_EQ(on("b", "1.0-1ubuntu1"), "Ubuntu:Pro:22.04:LTS");
  EXPECT_EQ(on("c", "1.0-1ubuntu1"), "none");
  // Who has no Pro is told that the fix is there only.
  auto marked = [&](const char* name, const char* version) {
    model::Package what = package("deb", name, version);
    MatchResult result = match_one(db, distro("ubuntu", "22.04"), what);
    std::string sentence =
        explain(db, distro("ubuntu", "22.04"), std::span(&what, 1), "CVE-2024-1")
            .explanations.back().sentence;
    bool told = sentence.find("Ubuntu Pro alone") != std::string::npos;
    EXPECT_EQ(result.findings[0].description.find("Ubuntu Pro only") != std::string::npos, told)
        << name;
    return told;
  };
  EXPECT_TRUE(marked("b", "1.0-1ubuntu1"));
  EXPECT_FALSE(marked("b", "1.0-1ubuntu1+esm1"));
}

// What a scan tells the next update.
TEST(Distributions, EcosystemsOfPackages) {
  std::vector<model::Package> packages = {package("deb", "a", "1"), package("npm", "b", "1"),
                                          package("generic", "c", "1")};
  EXPECT_EQ(ecosystems_of(distro("debian", "12"), packages),
            (std::set<std::string>{"Debian:12", "npm"}));
  std::vector<std::string_view> known = known_ecosystems();
  for (const char* name : {"Azure Linux", "Debian", "npm", "openEuler"}) {
    EXPECT_TRUE(std::binary_search(known.begin(), known.end(), name)) << name;
  }
}

TEST(Debian, SignedKernelsAreJudgedAsTheKernel) {
  Database db = build_database({{"debian/tracker.json", R"({"linux": {"CVE-2024-1": {"releases": {
    "bookworm": {"status": "resolved", "fixed_version": "6.1.90-1"}}}}})"}});
  model::Package kernel = package("deb", "linux-image-6.1.0-20-amd64", "6.1.85-1");
  kernel.source_name = "linux-signed-amd64";
  kernel.source_version = "6.1.85+1";
  EXPECT_EQ(ids(match_one(db, distro("debian", "12"), kernel)), "CVE-2024-1");
  kernel.version = "6.1.90-1";
  EXPECT_EQ(ids(match_one(db, distro("debian", "12"), kernel)), "");
}

const char* kSecdb = R"({"distroversion": "v3.19", "reponame": "main", "packages": [
  {"pkg": {"name": "openssl", "secfixes": {
    "3.1.4-r1": ["CVE-2024-1 GNUTLS-SA-1", "CVE-2024-2"],
    "0": ["CVE-2024-3"],
    "3.1.0-r0": ["CVE-2024-4"]}}}]})";

TEST(Alpine, OriginAndRepositories) {
  Database db = build_database({{"alpine/v3.19/main.json", kSecdb},
                                {"alpine/v3.19/community.json", R"({"packages": [{"pkg": {
                                   "name": "vim", "secfixes": {"9.0-r0": ["CVE-2024-9"]}}}]})"},
                                {"wolfi/security.json", kSecdb}});
  model::Package ssl = package("apk", "libcrypto3", "3.1.4-r0");
  ssl.source_name = "openssl";
  MatchResult result = match_one(db, distro("alpine", "3.19.1"), ssl);
  ASSERT_EQ(ids(result), "CVE-2024-1 CVE-2024-2");
  EXPECT_EQ(result.findings[0].aliases, std::vector<std::string>{"GNUTLS-SA-1"});
  EXPECT_EQ(result.findings[0].sources, std::vector<std::string>{"alpine:v3.19"});
  EXPECT_EQ(ids(match_one(db, distro("alpine", "3.19.1"), package("apk", "vim", "8.2-r0"))),
            "CVE-2024-9");
  EXPECT_EQ(ids(match_one(db, distro("wolfi", "20230201"), ssl)), "CVE-2024-1 CVE-2024-2");
  EXPECT_EQ(match_one(db, distro("alpine", "3.20.0"), ssl).not_judged.size(), 1u);
  EXPECT_EQ(match_one(db, distro("alpine", "3.21_alpha20240923"), ssl).not_judged[0].reason,
            "no advisory source for Alpine:edge in the database");
}

// Two streams of one module, and the same package outside of modules.
const char* kNode16 = R"({"id": "ALSA-2022:16", "summary": "Important: nodejs:16 security update",
  "related": ["CVE-2022-1", "CVE-2022-2"], "affected": [
  {"package": {"ecosystem": "AlmaLinux:8", "name": "nodejs"}, "ranges": [{"type": "ECOSYSTEM",
   "events": [{"introduced": "0"}, {"fixed": "1:16.17.1-1.module_el8.6.0+3328+2e4711d7"}]}]},
  {"package": {"ecosystem": "AlmaLinux:8", "name": "nodejs-nodemon"}, "ranges": [{
   "type": "ECOSYSTEM", "events": [{"introduced": "0"},
   {"fixed": "2.0.19-2.module_el8.6.0+3261+490666b3"}]}]}]})";
const char* kPlain = R"({"id": "ALSA-2022:90", "summary": "Moderate: bash security update",
  "related": ["CVE-2022-3"], "affected": [
  {"package": {"ecosystem": "AlmaLinux:8", "name": "nodejs"}, "ranges": [{"type": "ECOSYSTEM",
   "events": [{"introduced": "0"}, {"fixed": "1:99-1.el8"}]}]}]})";
const char* kBugfix = R"({"id": "ALBA-2022:7", "summary": "nodejs bug fix update",
  "related": [], "affected": [
  {"package": {"ecosystem": "AlmaLinux:8", "name": "nodejs"}, "ranges": [{"type": "ECOSYSTEM",
   "events": [{"introduced": "0"}, {"fixed": "1:99-1.el8"}]}]}]})";

TEST(Rpm, ModuleStreams) {
  Database db = build_database({{"osv/AlmaLinux/ALSA-2022:16.json", kNode16},
                                {"osv/AlmaLinux/ALSA-2022:90.json", kPlain},
                                {"osv/AlmaLinux/ALBA-2022:7.json", kBugfix}});
  struct Row {
    const char* name;
    const char* version;
    const char* label;
    const char* expected;
  };
  constexpr const char* kBoth = "CVE-2022-1 CVE-2022-2";
  for (const Row& row : {
           Row{"nodejs", "1:16.14.0-5.module_el8.5.0+1+aa", "nodejs:16:8050:c53685",
               kBoth},
           Row{"nodejs", "1:14.14.0-5.module_el8.5.0+1+aa", "nodejs:14:8050:c53685",
               ""},
           Row{"nodejs", "1:16.18.0-5.module_el8.7.0+1+aa", "nodejs:16:8050:c53685",
               ""},
           // Without a label the version tells the stream.
           Row{"nodejs", "1:16.14.0-5.module_el8.5.0+1+aa", "", kBoth},
           Row{"nodejs", "1:14.14.0-5.module_el8.5.0+1+aa", "", ""},
           Row{"nodejs-nodemon", "2.0.3-1.module_el8.4.0+1+aa", "nodejs:14:8040:522a0ee4", ""},
           Row{"nodejs-nodemon", "2.0.3-1.module_el8.4.0+1+aa", "nodejs:16:8040:522a0ee4", kBoth},
           Row{"nodejs-nodemon", "2.0.3-1.module_el8.4.0+1+aa", "", kBoth},
           Row{"nodejs-nodemon", "1.18.3-1.module_el8.4.0+1+aa", "", ""},
           // Not of a module: only the plain advisory speaks, the bug fix never does.
           Row{"nodejs", "1:10.1-1.el8", "", "CVE-2022-3"},
           Row{"nodejs", "1:99-1.el8", "", ""},
       }) {
    model::Package what = package("rpm", row.name, row.version);
    if (*row.label != '\0') what.qualifiers["modularity"] = row.label;
    EXPECT_EQ(ids(match_one(db, distro("almalinux", "8.9"), what)), row.expected)
        << row.name << " " << row.version << " " << row.label;
  }
}

TEST(Rpm, OneFindingForEachCoveredVulnerability) {
  Database db = build_database({{"osv/AlmaLinux/ALSA-2022:16.json", kNode16}});
  MatchResult result = match_one(db, distro("almalinux", "8"),
                                 package("rpm", "nodejs", "1:16.0.0-1.module_el8.5.0+1+aa"));
  ASSERT_EQ(result.findings.size(), 2u);
  EXPECT_EQ(result.findings[0].aliases, std::vector<std::string>{"ALSA-2022:16"});
  EXPECT_EQ(result.findings[0].severity, Severity::kHigh);
  EXPECT_EQ(result.findings[0].proofs[0].advisory, "ALSA-2022:16");
  EXPECT_EQ(result.findings[0].proofs[0].package_kind, "binary");
  EXPECT_NE(result.findings[0].class_id, result.findings[1].class_id);
}

TEST(Rpm, NamesOfDistributions) {
  auto record = [](const std::string& ecosystem) {
    return R"({"id": "X-1", "upstream": ["CVE-2024-1"], "affected": [{"package": {"ecosystem": ")" +
           ecosystem + R"(", "name": "bind"}, "ranges": [{"type": "ECOSYSTEM",
           "events": [{"introduced": "0"}, {"fixed": "9.16.6-12.28.1"}]}]}]})";
  };
  struct Row {
    const char* folder;
    const char* ecosystem;
    model::Distro where;
    bool by_source;
  };
  for (const Row& row : {
           Row{"SUSE", "SUSE:Linux Enterprise Module for Basesystem 15 SP5",
               distro("sles", "15.5"), true},
           Row{"SUSE", "SUSE:Linux Enterprise Server 12 SP5-LTSS", distro("sles", "12.5"), true},
           Row{"openSUSE", "openSUSE:Leap 15.5 NonFree",
               distro("opensuse-leap", "15.5"), true},
           Row{"openSUSE", "openSUSE:Leap 15.5", distro("opensuse-leap", "15.5"), true},
           Row{"Red Hat", "Red Hat:enterprise_linux:9::baseos", distro("rhel", "9.4"), false},
           Row{"Red Hat", "Red Hat:enterprise_linux:7::server", distro("centos", "7"), false},
           Row{"Rocky Linux", "Rocky Linux:9", distro("rocky", "9.3"), false},
           Row{"Azure Linux", "Azure Linux:3", distro("azurelinux", "3.0"), true},
       }) {
    Database db = build_database({{std::string("osv/") + row.folder + "/X-1.json",
                                   record(row.ecosystem)}});
    model::Package what = package("rpm", row.by_source ? "bind-utils" : "bind", "9.16.6-12.1");
    what.source_name = "bind";
    MatchResult result = match_one(db, row.where, what);
    EXPECT_EQ(ids(result), "CVE-2024-1") << row.ecosystem;
    if (!result.findings.empty()) {
      EXPECT_EQ(result.findings[0].proofs[0].ecosystem, row.ecosystem);
    }
  }
  // Other products of Red Hat have fixes of their own; CentOS Stream is ahead of the advisories.
  Database db = build_database(
      {{"osv/Red Hat/X-1.json", record("Red Hat:rhel_eus:9.2::baseos")}});
  EXPECT_EQ(ids(match_one(db, distro("rhel", "9.2"), package("rpm", "bind", "9.1-1"))), "");
  model::Distro stream = distro("centos", "9");
  stream.name = "CentOS Stream 9";
  EXPECT_EQ(match_one(db, stream, package("rpm", "bind", "9.1-1")).not_judged.size(), 1u);
}

// From the text of os-release, as the distributions write it, to the ecosystem of their advisories.
TEST(Distributions, EcosystemsOfRealReleaseFiles) {
  struct Row {
    const char* release;
    const char* ecosystem;
  };
  for (const Row& row : {
           Row{"NAME=\"openEuler\"\nVERSION=\"24.03 (LTS-SP1)\"\nID=\"openEuler\"\n"
               "VERSION_ID=\"24.03\"\nPRETTY_NAME=\"openEuler 24.03 (LTS-SP1)\"\n",
               "openEuler:24.03-LTS-SP1"},
           Row{"ID=\"almalinux\"\nVERSION_ID=\"9.4\"\n", "AlmaLinux:9"},
           Row{"ID=\"alpaquita\"\nVERSION_ID=\"23\"\n", "Alpaquita:23"},
           Row{"ID=alpine\nVERSION_ID=3.21.3\n", "Alpine:v3.21"},
           Row{"ID=\"amzn\"\nVERSION_ID=\"2023\"\n", "Amazon Linux:2023"},
           Row{"ID=\"amzn\"\nVERSION_ID=\"2018.03\"\n", "Amazon Linux:1"},
           Row{"ID=azurelinux\nVERSION_ID=\"3.0\"\n", "Azure Linux:3"},
           Row{"ID=mariner\nVERSION_ID=\"2.0\"\n", "Azure Linux:2"},
           Row{"ID=\"centos\"\nVERSION_ID=\"7\"\n", "Red Hat:7"},
           Row{"ID=chainguard\nVERSION_ID=\"20230214\"\n", "Chainguard"},
           Row{"ID=debian\nVERSION_ID=\"12\"\n", "Debian:12"},
           Row{"ID=debian\nVERSION_CODENAME=sid\n", "Debian:sid"},
           Row{"ID=fedora\nVERSION_ID=40\n", "Fedora:40"},
           Row{"ID=\"mageia\"\nVERSION_ID=9\n", "Mageia:9"},
           Row{"ID=\"ol\"\nVERSION_ID=\"8.9\"\n", "Oracle Linux:8"},
           Row{"ID=opensuse\nVERSION_ID=\"42.3\"\n", "openSUSE:Leap 42.3"},
           Row{"ID=\"opensuse-leap\"\nVERSION_ID=\"15.6\"\n", "openSUSE:Leap 15.6"},
           Row{"ID=\"opensuse-leap-micro\"\nVERSION_ID=\"5.5\"\n", "openSUSE:Leap Micro 5.5"},
           Row{"ID=\"opensuse-microos\"\nVERSION_ID=\"20240101\"\n", "openSUSE:Tumbleweed"},
           Row{"ID=\"opensuse-tumbleweed\"\nVERSION_ID=\"20240101\"\n", "openSUSE:Tumbleweed"},
           Row{"ID=photon\nVERSION_ID=5.0\n", "Photon OS:5.0"},
           Row{"ID=\"rhel\"\nVERSION_ID=\"9.4\"\n", "Red Hat:9"},
           Row{"ID=\"rocky\"\nVERSION_ID=\"9.3\"\n", "Rocky Linux:9"},
           Row{"ID=\"sl-micro\"\nVERSION_ID=\"6.0\"\n", "SUSE:6.0"},
           Row{"ID=\"sle-micro\"\nVERSION_ID=\"5.5\"\n", "SUSE:5.5"},
           Row{"ID=\"sles\"\nVERSION_ID=\"15.5\"\n", "SUSE:15.5"},
           Row{"ID=\"sles_sap\"\nVERSION_ID=\"12.5\"\n", "SUSE:12.5"},
           Row{"ID=\"suse-microos\"\nVERSION_ID=\"5.1\"\n", "SUSE:5.1"},
           Row{"ID=ubuntu\nVERSION_ID=\"22.04\"\n", "Ubuntu:22.04"},
           Row{"ID=wolfi\nVERSION_ID=\"20230201\"\n", "Wolfi"},
           // Nobody publishes these in a form that we read.
           Row{"ID=\"anolis\"\nVERSION_ID=\"8.8\"\n", ""},
           Row{"ID=\"tencentos\"\nVERSION_ID=\"4.0\"\n", ""},
       }) {
    model::Distro where =
        catalog::distro_from_assignments(catalog::parse_assignments(row.release));
    EXPECT_EQ(distro_feed(where).ecosystem, row.ecosystem) << row.release;
    if (*row.ecosystem != '\0') {
      EXPECT_TRUE(is_distribution(row.ecosystem)) << row.ecosystem;
    }
  }
}

TEST(Rpm, RepeatedEntriesCountOnce) {
  auto entry = [](const char* repository) {
    return std::string(R"({"package": {"ecosystem": "Red Hat:enterprise_linux:9::)") + repository +
           R"(", "name": "sudo"}, "ranges": [{"type": "ECOSYSTEM", "events": [
           {"introduced": "0"}, {"fixed": "0:1.9.5p2-10.el9_6.1"}]}]})";
  };
  Database db = build_database({{"osv/Red Hat/RHSA-2025:1.json",
                                 R"({"id": "RHSA-2025:1", "upstream": ["CVE-2025-0001"],
    "published": "2025-02-03T00:00:00Z",
    "summary": "Important: sudo security update", "affected": [)" + entry("appstream") + "," +
                                     entry("baseos") + "]}"}});
  MatchResult result =
      match_one(db, distro("rhel", "9.4"), package("rpm", "sudo", "1.9.5p2-9.el9"));
  ASSERT_EQ(ids(result), "CVE-2025-0001");
  EXPECT_EQ(result.findings[0].proofs.size(), 1u);
  EXPECT_EQ(result.findings[0].severity, Severity::kHigh);
  EXPECT_EQ(result.findings[0].fix_since, "2025-02-03T00:00:00Z");
}

TEST(Severity, BorrowsFromRecordsOfTheSameVulnerability) {
  const char* bitnami = R"({"id": "BIT-openssl-2023-5", "aliases": ["CVE-2023-0005"],
    "summary": "A title", "details": "Words.", "affected": [{
    "package": {"ecosystem": "Bitnami", "name": "openssl"}, "ranges": [{"type": "SEMVER",
    "events": [{"introduced": "0"}, {"fixed": "3.0.12"}]}], "severity": [
    {"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"}]}]})";
  Database db = build_database({{"debian/tracker.json", kTracker},
                                {"osv/Bitnami/BIT-1.json", bitnami},
                                {"kev/k.json", R"({"vulnerabilities": [{"cveID": "CVE-2023-0005",
                                  "dateAdded": "2023-09-01",
                                  "knownRansomwareCampaignUse": "Known"}]})"}});
  MatchResult result = match_one(db, distro("debian", "12"), debian_package("3.0.9-1"));
  const model::Finding* f = find(result, "CVE-2023-0005");
  ASSERT_NE(f, nullptr);
  EXPECT_EQ(f->severity, Severity::kHigh);
  EXPECT_EQ(f->severity_source, "osv:Bitnami");
  EXPECT_EQ(f->cvss->score, 7.5);
  EXPECT_EQ(f->title, "A title");
  EXPECT_EQ(f->sources, std::vector<std::string>{"debian"});
  EXPECT_TRUE(f->kev);
  EXPECT_TRUE(f->kev_ransomware);
  EXPECT_EQ(f->kev_date, "2023-09-01");
}

std::string erratum(std::string_view vector) {
  return R"({"id": "ALSA-2023:5", "aliases": ["CVE-2023-0005"],
    "summary": "Important: compat-openssl10 security update", "details": "Theirs.",)" +
         std::string(vector) + R"("affected": [{"package": {"ecosystem": "AlmaLinux:8",
    "name": "compat-openssl10"}, "ranges": [{"type": "ECOSYSTEM", "events": [
    {"introduced": "0"}, {"fixed": "1:1.0.2o-4.el8"}]}]}]})";
}

TEST(Severity, WordsOfAnotherDistributionCountForNothing) {
  Feeds feeds = {{"debian/tracker.json", kTracker}, {"osv/AlmaLinux/ALSA-1.json", erratum("")}};
  Database db = build_database(feeds);
  MatchResult result = match_one(db, distro("debian", "12"), debian_package("3.0.9-1"));
  const model::Finding* f = find(result, "CVE-2023-0005");
  ASSERT_NE(f, nullptr);
  EXPECT_EQ(f->severity, Severity::kUnknown);
  EXPECT_EQ(f->severity_source, "");
  EXPECT_EQ(f->title, "");
  EXPECT_EQ(f->description, "");
  auto package = debian_package("3.0.9-1");
  auto title_of = [&](const char* id) {
    return explain(db, distro("debian", "12"), std::span(&package, 1), id).title;
  };
  EXPECT_EQ(title_of("CVE-2023-0005"), "");
  EXPECT_EQ(title_of("ALSA-2023:5"), "Important: compat-openssl10 security update");

  // Its vector is about the vulnerability, and so are words under the vulnerability's own name.
  feeds[1].second = erratum(R"("severity": [{"type": "CVSS_V3",
      "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"}],)");
  feeds.emplace_back("osv/Ubuntu/UBUNTU-CVE-2023-0005.json",
                     R"({"id": "UBUNTU-CVE-2023-0005", "upstream": ["CVE-2023-0005"],
    "details": "A flaw in parsing.", "severity": [{"type": "Ubuntu", "score": "critical"}],
    "affected": [{"package": {"ecosystem": "Ubuntu:22.04:LTS", "name": "openssl"}, "ranges": [
    {"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}]}]})");
  Database more = build_database(feeds);
  result = match_one(more, distro("debian", "12"), debian_package("3.0.9-1"));
  f = find(result, "CVE-2023-0005");
  ASSERT_NE(f, nullptr);
  EXPECT_EQ(f->severity, Severity::kHigh);
  EXPECT_EQ(f->severity_source, "osv:AlmaLinux");
  EXPECT_EQ(f->title, "A flaw in parsing.");
}

}  // namespace
}  // namespace bulkhead::vuln
