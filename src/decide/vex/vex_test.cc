// SPDX-License-Identifier: Apache-2.0
// Which statements count for which findings, and what they do to them.
#include "decide/vex/vex.h"

#include <gtest/gtest.h>

#include "decide/vex/names.h"
#include "decide/vex/scope.h"
#include "sbom/identity.h"

namespace bulkhead::decide {
namespace {

using model::VexJustification;
using model::VexProduct;
using model::VexStatement;
using model::VexStatus;

const std::string kDigest = "sha256:" + std::string(64, 'a');

model::Package package(std::string type, std::string name_space, std::string name,
                       std::string version) {
  model::Package out;
  out.type = std::move(type);
  out.name_space = std::move(name_space);
  out.name = std::move(name);
  out.version = std::move(version);
  return out;
}

// An image with openssl's library, two applications and what they share.
//   0 libssl3   1 app -> 2 lodash, 4 deep   3 tool -> 2 lodash   4 deep
model::ScanReport report() {
  model::ScanReport out;
  out.artifact.name = "registry.example/shop/web:1.4";
  out.artifact.tags = {"registry.example/shop/web:1.4"};
  out.artifact.digest = kDigest;
  out.artifact.index_digest = "sha256:" + std::string(64, 'b');
  out.artifact.platform = "linux/amd64";
  out.artifact.distro.id = "debian";
  out.artifact.distro.version = "12";
  out.artifact.distro.codename = "bookworm";
  model::Package ssl = package("deb", "debian", "libssl3", "3.0.9-1");
  ssl.arch = "amd64";
  ssl.qualifiers = {{"distro", "debian-12"}};
  ssl.source_name = "openssl";
  model::Package app = package("npm", "", "app", "1.0.0");
  app.depends_on = {"lodash@4.17.20", "deep@1.0.0"};
  model::Package tool = package("npm", "", "tool", "2.0.0");
  tool.depends_on = {"lodash@4.17.20"};
  model::Package lodash = package("npm", "", "lodash", "4.17.20");
  lodash.digest = "sha256:" + std::string(64, 'd');
  out.packages = {ssl, app, lodash, tool, package("npm", "", "deep", "1.0.0")};
  return out;
}

void add_finding(model::ScanReport& to, const std::string& id, size_t index) {
  model::Finding& finding = to.findings.emplace_back();
  finding.id = id;
  finding.package = index;
}

VexProduct product(const std::string& purl, std::initializer_list<const char*> parts = {}) {
  VexProduct out;
  out.component.id = purl;
  if (purl.starts_with("pkg:")) out.component.purls = {purl};
  for (const char* part : parts) {
    model::VexComponent& component = out.subcomponents.emplace_back();
    component.id = part;
    component.purls = {part};
  }
  return out;
}

std::string covers(const VexProduct& stated, size_t index) {
  model::ScanReport scanned = report();
  return VexScope(scanned).covers(stated, "", index);
}

TEST(VexScope, TheImage) {
  struct Case {
    std::string product;
    const char* want;
  };
  std::string by_digest = "pkg:oci/web@" + kDigest;
  for (const Case& c : {
           Case{by_digest, "the image's digest"},
           Case{"pkg:oci/other@" + kDigest, "the image's digest"},
           Case{"pkg:oci/web@sha256:" + std::string(64, 'b'), "the image's digest"},
           Case{"pkg:oci/web@sha256:" + std::string(64, 'c'), ""},
           Case{by_digest + "?arch=amd64", "the image's digest"},
           Case{by_digest + "?arch=arm64", ""},
           Case{by_digest + "?channel=edge", "the image's digest"},  // a digest suffices
           Case{"pkg:oci/web@sha256:" + std::string(64, 'b') + "?arch=amd64", "the image's digest"},
           Case{"pkg:oci/web@sha256:" + std::string(64, 'b') + "?arch=arm64", ""},
           Case{"pkg:oci/web", "the image's name only, of any registry"},
           Case{"pkg:oci/web?arch=amd64", "the image's name only, of any registry"},
           Case{"pkg:oci/web?arch=arm64", ""},
           // What cannot be compared narrows.
           Case{"pkg:oci/web?channel=edge", ""},
           Case{"pkg:oci/web?repository_url=registry.example/shop&os=linux", ""},
           Case{"pkg:oci/web?vers=vers:semver%2F%3C2", ""},
           Case{"pkg:docker/shop/web@1.4?repository_url=registry.example&channel=edge", ""},
           Case{"pkg:oci/web?repository_url=registry.example/shop", "the image's name"},
           Case{"pkg:oci/web?repository_url=registry.example/shop/web", "the image's name"},
           Case{"pkg:oci/web?repository_url=registry.example", ""},
           Case{"pkg:oci/web?tag=1.4", "the image's name only, of any registry"},
           Case{"pkg:oci/web?tag=1.5", ""},
           Case{"pkg:oci/db", ""},
           Case{"pkg:docker/shop/web@1.4?repository_url=registry.example", "the image's name"},
           Case{"pkg:docker/shop/web@1.5?repository_url=registry.example", ""},
           Case{"pkg:docker/shop/web@1.4", ""},  // that would be one of Docker's
           Case{"registry.example/shop/web:1.4", "the name of what was scanned"},
           Case{"registry.example/shop/web", "the name of what was scanned"},
           Case{"registry.example/shop/web:1.5", ""},
           Case{"shop/web:1.4", ""},
           Case{"registry.example/shop/web@" + kDigest, "the name of what was scanned"},
           Case{"urn:bulkhead:artifact:registry.example/shop/web:1.4",
                "the name of what was scanned"},
           Case{"https://acme.example/web", ""},
           Case{"", ""},
       }) {
    EXPECT_EQ(covers(product(c.product), 0), c.want) << c.product;
  }
  VexProduct hashed;
  hashed.component.hashes = {kDigest};
  EXPECT_EQ(covers(hashed, 0), "the image's digest");
  // Of an image of unknown platform an architecture is not compared.
  model::ScanReport bare = report();
  bare.artifact.platform = "";
  EXPECT_EQ(VexScope(bare).covers(product("pkg:oci/web?arch=amd64"), "", 0), "");
  EXPECT_EQ(VexScope(bare).covers(product(by_digest + "?arch=amd64"), "", 0), "the image's digest");
  // Versions of an image are its tags; a range of them says nothing.
  VexProduct versioned = product("pkg:oci/web");
  versioned.component.versions = {"1.4"};
  EXPECT_EQ(covers(versioned, 0), "the image's name only, of any registry");
  versioned.component.versions = {"1.5"};
  EXPECT_EQ(covers(versioned, 0), "");
  versioned.component.versions.clear();
  versioned.component.ranges = {"vers:semver/<2.0.0"};
  EXPECT_EQ(covers(versioned, 0), "");
}

TEST(VexScope, PartsOfTheImage) {
  std::string image = "pkg:oci/web@" + kDigest;
  EXPECT_NE(covers(product(image, {"pkg:npm/lodash@4.17.20"}), 2), "");
  EXPECT_EQ(covers(product(image, {"pkg:npm/lodash@4.17.21"}), 2), "");
  EXPECT_EQ(covers(product(image, {"pkg:npm/lodash"}), 0), "");
  EXPECT_NE(covers(product(image, {"pkg:npm/x", "pkg:npm/lodash"}), 2), "");
  EXPECT_EQ(covers(product("pkg:oci/db", {"pkg:npm/lodash"}), 2), "");
  VexProduct hashed = product(image, {"pkg:npm/other"});
  hashed.subcomponents[0].hashes = {"sha256:" + std::string(64, 'd')};
  EXPECT_NE(covers(hashed, 2), "");
}

TEST(VexScope, APackage) {
  struct Case {
    const char* purl;
    bool covers;
  };
  for (const auto& [purl, want] : {
           Case{"pkg:deb/debian/libssl3@3.0.9-1", true},
           Case{"pkg:deb/debian/libssl3@0:3.0.9-1", true},  // the same in dpkg's order
           Case{"pkg:deb/debian/libssl3@3.0.9-2", false},
           Case{"pkg:deb/debian/libssl3", true},
           Case{"pkg:deb/ubuntu/libssl3", false},
           Case{"pkg:deb/debian/libssl3?arch=amd64", true},
           Case{"pkg:deb/debian/libssl3?arch=arm64", false},
           Case{"pkg:deb/debian/libssl3?distro=debian-12", true},
           Case{"pkg:deb/debian/libssl3?distro=bookworm", true},
           Case{"pkg:deb/debian/libssl3?distro=debian-11", false},
           Case{"pkg:deb/debian/libssl3?distro=1", false},
           Case{"pkg:deb/debian/libssl3?package-id=1234&upstream=openssl", true},
           Case{"pkg:deb/debian/libssl3?flavour=x", false},
           Case{"pkg:deb/debian/openssl?arch=source", true},
           Case{"pkg:deb/debian/openssl@3.0.9-1?arch=source&distro=bookworm", true},
           Case{"pkg:deb/debian/openssl@3.0.8-1?arch=source", false},
           Case{"pkg:deb/debian/openssl", false},  // the binary package of that name
           Case{"pkg:deb/debian/libssl3?vers=vers:deb/%3C3.0.10-1", true},
           Case{"pkg:deb/debian/libssl3?vers=vers:deb/%3C3.0.9-1", false},
       }) {
    EXPECT_EQ(!covers(product(purl), 0).empty(), want) << purl;
  }
  VexProduct ranged = product("pkg:npm/lodash");
  for (const auto& [range, want] : {
           Case{"vers:npm/<4.17.21", true},
           Case{"vers:npm/<4.17.20", false},
           Case{"vers:tomee/<4.17.21", false},  // whose order is not known
           Case{"before 5", false},
       }) {
    ranged.component.ranges = {range};
    EXPECT_EQ(!covers(ranged, 2).empty(), want) << range;
  }
  ranged.component.ranges.clear();
  ranged.component.versions = {"4.17.20"};
  EXPECT_EQ(covers(ranged, 2), "the package itself");
  ranged.component.versions = {"4.17.2"};
  EXPECT_EQ(covers(ranged, 2), "");
}

TEST(VexScope, WhatAloneBringsThePackage) {
  EXPECT_EQ(covers(product("pkg:npm/app@1.0.0"), 4), "pkg:npm/app@1.0.0, which alone brings it");
  // tool brings lodash, too.
  EXPECT_EQ(covers(product("pkg:npm/app@1.0.0"), 2), "");
  EXPECT_EQ(covers(product("pkg:npm/app@1.0.0", {"pkg:npm/lodash"}), 2), "");
  EXPECT_NE(covers(product("pkg:npm/app", {"pkg:npm/deep@1.0.0"}), 4), "");
  EXPECT_EQ(covers(product("pkg:npm/deep"), 1), "");  // not upwards
  // The distribution's package that owns a language package's files.
  model::ScanReport scanned = report();
  scanned.packages[4].owner = scanned.packages[0].purl();
  scanned.packages[1].depends_on = {};
  EXPECT_NE(VexScope(scanned).covers(product("pkg:deb/debian/libssl3"), "", 4), "");
  // Two that only hold each other are held by nobody.
  scanned = report();
  scanned.packages[1].depends_on = {"tool@2.0.0"};
  scanned.packages[3].depends_on = {"app@1.0.0"};
  EXPECT_EQ(VexScope(scanned).covers(product("pkg:npm/app"), "", 3), "");
}

TEST(VexScope, TheDistribution) {
  VexProduct stated;
  stated.component.cpes = {"cpe:/o:debian:debian_linux:12"};
  EXPECT_EQ(covers(stated, 0), "");  // nobody means all of it
  stated.subcomponents = product("", {"pkg:deb/debian/libssl3"}).subcomponents;
  EXPECT_EQ(covers(stated, 0), "the distribution");
  stated.component.cpes = {"cpe:/o:debian:debian_linux:11"};
  EXPECT_EQ(covers(stated, 0), "");
  model::Distro rhel;
  rhel.id = "rhel";
  rhel.version = "9.4";
  EXPECT_TRUE(cpe_names_distribution("cpe:/o:redhat:enterprise_linux:9::baseos", rhel));
  EXPECT_TRUE(cpe_names_distribution("cpe:2.3:o:redhat:enterprise_linux:9.4:*:*:*", rhel));
  EXPECT_FALSE(cpe_names_distribution("cpe:/o:redhat:enterprise_linux:8", rhel));
  EXPECT_FALSE(cpe_names_distribution("cpe:/o:redhat:enterprise_linux", rhel));
  EXPECT_FALSE(cpe_names_distribution("cpe:/a:redhat:openshift:9", rhel));
}

TEST(VexScope, ThePartsOfAScannedSbom) {
  model::ScanReport scanned = report();
  scanned.artifact.document = "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1";
  scanned.packages[4].bom_ref = "deep-ref";
  VexProduct stated;
  stated.component.id = scanned.artifact.document;
  stated.subcomponents.emplace_back().id = "deep-ref";
  VexScope scope(scanned);
  EXPECT_EQ(scope.covers(stated, scanned.artifact.document, 4), "the SBOM's serial number");
  EXPECT_EQ(scope.covers(stated, scanned.artifact.document, 2), "");
  stated.component.id = "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/2";
  EXPECT_EQ(scope.covers(stated, "", 4), "");
}

// ---- applying ----

VexStatement statement(const std::string& id, VexStatus status, const std::string& about,
                       const std::string& time = "") {
  VexStatement out;
  out.vulnerability = id;
  out.status = status;
  if (status == VexStatus::kNotAffected) {
    out.justification = VexJustification::kCodeNotInExecutePath;
  }
  if (!about.empty()) out.products = {product(about)};
  out.timestamp = time;
  out.place = "statements[0]";
  return out;
}

model::VexDocument document(const std::string& author, std::vector<VexStatement> statements) {
  model::VexDocument out;
  out.author = author;
  out.source = author + ".json";
  out.statements = std::move(statements);
  return out;
}

// A finding of CVE-1 (alias GHSA-1) in lodash, and what becomes of it: "closed", "open", "noted",
// "conflict".
std::string outcome(const std::vector<model::VexDocument>& documents,
                    const std::vector<std::string>& trust = {}) {
  model::ScanReport scanned = report();
  add_finding(scanned, "CVE-1", 2);
  scanned.findings[0].aliases = {"GHSA-1"};
  apply_vex(documents, trust, scanned);
  if (scanned.findings.empty()) return scanned.ignored.size() == 1 ? "closed" : "lost";
  const model::Finding& finding = scanned.findings[0];
  if (finding.vex_conflict) return "conflict";
  return finding.vex.empty() ? "open" : "noted";
}

const char* const kLodash = "pkg:npm/lodash@4.17.20";

TEST(ApplyVex, ByStatus) {
  struct Case {
    VexStatement stated;
    const char* want;
  };
  VexStatement bare = statement("CVE-1", VexStatus::kNotAffected, kLodash);
  bare.justification = VexJustification::kNone;
  VexStatement impact = bare;
  impact.impact_statement = "The parser is off.";
  VexStatement alias = statement("CVE-2", VexStatus::kFixed, kLodash);
  alias.aliases = {"ghsa-1"};
  for (const Case& c : {
           Case{statement("CVE-1", VexStatus::kNotAffected, kLodash), "closed"},
           Case{statement("CVE-1", VexStatus::kFixed, kLodash), "closed"},
           Case{statement("CVE-1", VexStatus::kAffected, kLodash), "noted"},
           Case{statement("CVE-1", VexStatus::kUnderInvestigation, kLodash), "noted"},
           Case{bare, "noted"},  // no reason, no closing
           Case{impact, "closed"},
           Case{statement("GHSA-1", VexStatus::kFixed, kLodash), "closed"},
           Case{alias, "closed"},
           Case{statement("CVE-2", VexStatus::kFixed, kLodash), "open"},
           Case{statement("CVE-1", VexStatus::kFixed, "pkg:npm/other"), "open"},
           Case{statement("CVE-1", VexStatus::kFixed, ""), "open"},  // about nothing
           Case{statement("CVE-1", VexStatus::kFixed, "registry.example/shop/web"), "closed"},
       }) {
    EXPECT_EQ(outcome({document("a", {c.stated})}), c.want);
  }
}

TEST(ApplyVex, TheLatestOfAnAuthorCounts) {
  VexStatement old = statement("CVE-1", VexStatus::kAffected, kLodash, "2024-01-01T00:00:00Z");
  VexStatement young = statement("CVE-1", VexStatus::kNotAffected, kLodash, "2024-02-01T00:00:00Z");
  EXPECT_EQ(outcome({document("a", {old, young})}), "closed");
  EXPECT_EQ(outcome({document("a", {young, old})}), "closed");
  EXPECT_EQ(outcome({document("a", {young}), document("a", {old})}), "closed");
  young.timestamp = "2023-01-01T00:00:00Z";
  EXPECT_EQ(outcome({document("a", {old, young})}), "noted");
  young.timestamp = "2024-01-01T01:00:00+01:00";  // the same moment
  EXPECT_EQ(outcome({document("a", {old, young})}), "conflict");
  young.timestamp = "";  // older than all others
  EXPECT_EQ(outcome({document("a", {old, young})}), "noted");
}

TEST(ApplyVex, AuthorsWhoDisagree) {
  auto closed = document("vendor", {statement("CVE-1", VexStatus::kNotAffected, kLodash)});
  auto open =
      document("team", {statement("CVE-1", VexStatus::kAffected, kLodash, "2024-01-01T00:00:00Z")});
  auto doubt = document("third", {statement("CVE-1", VexStatus::kUnderInvestigation, kLodash)});
  auto fixed = document("fourth", {statement("CVE-1", VexStatus::kFixed, kLodash)});
  EXPECT_EQ(outcome({closed, open}), "conflict");
  EXPECT_EQ(outcome({closed, doubt}), "conflict");
  EXPECT_EQ(outcome({closed, fixed}), "closed");  // different, but both close
  EXPECT_EQ(outcome({open, doubt}), "noted");
  auto bare = document("fifth", {statement("CVE-1", VexStatus::kNotAffected, kLodash)});
  bare.statements[0].justification = VexJustification::kNone;
  EXPECT_EQ(outcome({bare, fixed}), "closed");  // no reason of its own, but nothing against
  EXPECT_EQ(outcome({bare, open}), "noted");
  EXPECT_EQ(outcome({closed, open}, {"vendor"}), "closed");
  EXPECT_EQ(outcome({closed, open}, {"team"}), "noted");
  EXPECT_EQ(outcome({closed, open}, {"team", "vendor"}), "noted");
  EXPECT_EQ(outcome({closed, open}, {"vendor.json"}), "closed");  // by its file
  EXPECT_EQ(outcome({closed, open}, {"nobody"}), "conflict");
  EXPECT_EQ(outcome({closed, open, doubt}, {"third"}), "noted");
}

// A later document under the trusted author's name, from somewhere else, outdates nothing.
TEST(ApplyVex, TrustComesBeforeTime) {
  auto trusted = document("vendor", {statement("CVE-1", VexStatus::kAffected, kLodash)});
  auto spoofed =
      document("vendor", {statement("CVE-1", VexStatus::kFixed, kLodash, "2030-01-01T00:00:00Z")});
  spoofed.source = "elsewhere.json";
  spoofed.id = "https://elsewhere.example/1";
  EXPECT_EQ(outcome({trusted, spoofed}, {trusted.source}), "noted");
  EXPECT_EQ(outcome({trusted, spoofed}), "closed");  // nobody said whom to trust
}

TEST(ApplyVex, SaysWhatItDid) {
  model::ScanReport scanned = report();
  add_finding(scanned, "CVE-1", 2);
  add_finding(scanned, "CVE-3", 0);
  VexStatement closing = statement("CVE-1", VexStatus::kNotAffected, "pkg:oci/web@" + kDigest);
  closing.impact_statement = "Never called.";
  apply_vex(
      std::vector{
          document("vendor", {closing, statement("CVE-2", VexStatus::kFixed, kLodash),
                              statement("CVE-3", VexStatus::kFixed, kLodash),
                              statement("CVE-3", VexStatus::kFixed, "")}),
          document("team", {statement("CVE-3", VexStatus::kAffected, "pkg:deb/debian/libssl3")})},
      {}, scanned);
  ASSERT_EQ(scanned.ignored.size(), 1u);
  const model::Ignored& ignored = scanned.ignored[0];
  EXPECT_EQ(ignored.finding.id, "CVE-1");
  EXPECT_EQ(ignored.by, model::IgnoredBy::kVex);
  EXPECT_EQ(ignored.reason, "vulnerable_code_not_in_execute_path: Never called.");
  EXPECT_EQ(ignored.file, "vendor.json: statements[0]");
  EXPECT_EQ(ignored.owner, "vendor");
  ASSERT_TRUE(ignored.vex);
  EXPECT_EQ(ignored.vex->scope, "the image's digest");
  ASSERT_EQ(scanned.findings.size(), 1u);
  ASSERT_EQ(scanned.findings[0].vex.size(), 1u);
  EXPECT_EQ(scanned.findings[0].vex[0].author, "team");
  ASSERT_EQ(scanned.vex.size(), 2u);
  EXPECT_EQ(scanned.vex[0].statements, 4u);
  EXPECT_EQ(scanned.vex[0].used, 1u);
  ASSERT_EQ(scanned.vex[0].unused.size(), 3u);
  EXPECT_EQ(scanned.vex[0].unused[0].reason, "no finding of this vulnerability");
  EXPECT_EQ(scanned.vex[0].unused[1].reason,
            "none of its products covers a package with a finding of this vulnerability");
  EXPECT_EQ(scanned.vex[0].unused[2].reason, "it names no product");
  EXPECT_EQ(scanned.vex[1].used, 1u);
}

TEST(Vex, TellsWhatCannotBeCompared) {
  model::ScanReport scanned = report();
  add_finding(scanned, "CVE-1", 2);
  apply_vex(std::vector{document(
                "vendor", {statement("CVE-1", VexStatus::kFixed, "pkg:oci/web?channel=edge")})},
            {}, scanned);
  EXPECT_EQ(scanned.findings.size(), 1u);
  ASSERT_EQ(scanned.vex.at(0).unused.size(), 1u);
  EXPECT_EQ(scanned.vex[0].unused[0].reason,
            "pkg:oci/web?channel=edge: the qualifier channel cannot be compared with this image");
}

}  // namespace
}  // namespace bulkhead::decide
