// SPDX-License-Identifier: Apache-2.0
// Documents of other tools, written here after their real shape.
#include "sbom/sbom.h"

#include <gtest/gtest.h>

namespace bulkhead::sbom {
namespace {

SbomDocument read_ok(std::string_view text) {
  base::Diagnostics diagnostics;
  auto document = read(text, "test", base::Limits(), diagnostics);
  EXPECT_TRUE(document) << document.error().message();
  for (const auto& d : diagnostics.all()) ADD_FAILURE() << d.message;
  return document ? *std::move(document) : SbomDocument();
}

std::string read_error(std::string_view text) {
  base::Diagnostics diagnostics;
  auto document = read(text, "test", base::Limits(), diagnostics);
  return document ? "" : document.error().message();
}

TEST(SbomRead, TrivyCycloneDx) {
  SbomDocument document = read_ok(R"({"bomFormat":"CycloneDX","specVersion":"1.6","version":1,
    "serialNumber":"urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
    "metadata":{"component":{"type":"container","name":"example:1",
      "purl":"pkg:oci/example@sha256%3Aabc?arch=amd64","properties":[
        {"name":"aquasecurity:trivy:ImageID","value":"sha256:c0"},
        {"name":"aquasecurity:trivy:DiffID","value":"sha256:l0"},
        {"name":"aquasecurity:trivy:DiffID","value":"sha256:l1"},
        {"name":"aquasecurity:trivy:RepoTag","value":"example:1"}]}},
    "components":[
      {"type":"operating-system","name":"debian","version":"12.5"},
      {"type":"application","name":"app/package-lock.json","properties":[
        {"name":"aquasecurity:trivy:Class","value":"lang-pkgs"},
        {"name":"aquasecurity:trivy:Type","value":"npm"}]},
      {"type":"library","bom-ref":"a","name":"libssl3","version":"3.0.11-1~deb12u2",
        "supplier":{"name":"Debian"},"licenses":[{"license":{"id":"Apache-2.0"}}],
        "purl":"pkg:deb/debian/libssl3@3.0.11-1~deb12u2?arch=amd64&distro=debian-12.5",
        "properties":[
          {"name":"aquasecurity:trivy:LayerDiffID","value":"sha256:l1"},
          {"name":"aquasecurity:trivy:SrcName","value":"openssl"},
          {"name":"aquasecurity:trivy:SrcVersion","value":"3.0.11"},
          {"name":"aquasecurity:trivy:SrcRelease","value":"1~deb12u2"}]},
      {"type":"library","bom-ref":"b","name":"zlib1g","version":"1:1.2.13.dfsg-1",
        "purl":"pkg:deb/debian/zlib1g@1.2.13.dfsg-1?arch=amd64&distro=debian-12.5&epoch=1",
        "properties":[
          {"name":"aquasecurity:trivy:SrcName","value":"zlib"},
          {"name":"aquasecurity:trivy:SrcVersion","value":"1.2.13.dfsg"},
          {"name":"aquasecurity:trivy:SrcRelease","value":"2"},
          {"name":"aquasecurity:trivy:SrcEpoch","value":"1"}]}],
    "dependencies":[{"ref":"a","dependsOn":["b"]}]})");
  EXPECT_EQ(document.spec_version, "1.6");
  EXPECT_EQ(document.components, 5u);
  EXPECT_EQ(document.artifact.kind, model::ArtifactKind::kImage);
  EXPECT_EQ(document.artifact.digest, "sha256:abc");
  EXPECT_EQ(document.artifact.layers.size(), 2u);
  EXPECT_EQ(document.artifact.distro.id, "debian");
  EXPECT_EQ(document.artifact.distro.version, "12.5");
  ASSERT_EQ(document.packages.size(), 2u);
  const model::Package& ssl = document.packages[0];
  EXPECT_EQ(ssl.name, "libssl3");
  EXPECT_EQ(ssl.arch, "amd64");
  EXPECT_EQ(ssl.source_name, "openssl");
  EXPECT_EQ(ssl.source_version, "");
  EXPECT_EQ(ssl.locations.at(0).layer, 1);
  EXPECT_EQ(ssl.licences, std::vector<std::string>{"Apache-2.0"});
  ASSERT_EQ(ssl.depends_on.size(), 1u);
  EXPECT_EQ(document.packages[1].source_version, "1:1.2.13.dfsg-2");
}

TEST(SbomRead, SyftCycloneDx) {
  SbomDocument document = read_ok(R"({"bomFormat":"CycloneDX","specVersion":"1.5",
    "components":[
      {"type":"file","name":"/etc/passwd"},
      {"type":"operating-system","name":"rhel","version":"8.9","properties":[
        {"name":"syft:distro:id","value":"rhel"},
        {"name":"syft:distro:idLike:0","value":"fedora"},
        {"name":"syft:distro:prettyName","value":"Red Hat Enterprise Linux 8.9"},
        {"name":"syft:distro:versionID","value":"8.9"}]},
      {"type":"library","name":"openssl-libs","version":"1:1.1.1k-9.el8",
        "purl":"pkg:rpm/redhat/openssl-libs@1.1.1k-9.el8?arch=x86_64&epoch=1)"
                                  R"(&upstream=openssl-1.1.1k-9.el8.src.rpm&distro=rhel-8.9",
        "properties":[{"name":"syft:package:foundBy","value":"rpm-db-cataloger"},
          {"name":"syft:location:0:path","value":"/var/lib/rpm/Packages"}]},
      {"type":"library","name":"musl-utils","version":"1.2.4-r2",
        "purl":"pkg:apk/alpine/musl-utils@1.2.4-r2?upstream=musl"},
      {"type":"library","name":"libc6","version":"2.36-9",
        "purl":"pkg:deb/debian/libc6@2.36-9%2Bb1?upstream=glibc%402.36-9"},
      {"type":"library","name":"stdlib","purl":"pkg:golang/stdlib@1.21.0"}]})");
  EXPECT_EQ(document.artifact.distro.name, "Red Hat Enterprise Linux 8.9");
  EXPECT_EQ(document.artifact.distro.like, std::vector<std::string>{"fedora"});
  ASSERT_EQ(document.packages.size(), 4u);
  EXPECT_EQ(document.packages[0].source_name, "musl");
  EXPECT_EQ(document.packages[1].source_name, "glibc");
  EXPECT_EQ(document.packages[1].source_version, "2.36-9");
  EXPECT_EQ(document.packages[2].name, "stdlib");
  const model::Package& ssl = document.packages[3];
  EXPECT_EQ(ssl.version, "1:1.1.1k-9.el8");
  EXPECT_EQ(ssl.source_name, "openssl");
  EXPECT_EQ(ssl.locations.at(0).path, "var/lib/rpm/Packages");
  EXPECT_EQ(ssl.qualifiers, (model::Qualifiers{{"distro", "rhel-8.9"}}));
}

TEST(SbomRead, DistroFromQualifiers) {
  SbomDocument document = read_ok(R"({"bomFormat":"CycloneDX","specVersion":"1.4","components":[
    {"type":"library","name":"a","purl":"pkg:apk/alpine/a@1?distro=3.15.0"},
    {"type":"library","name":"b","purl":"pkg:apk/alpine/b@1?distro=3.15.0"}]})");
  EXPECT_EQ(document.artifact.distro.id, "alpine");
  EXPECT_EQ(document.artifact.distro.version, "3.15.0");
  document = read_ok(R"({"bomFormat":"CycloneDX","specVersion":"1.4","components":[
    {"type":"library","name":"a","purl":"pkg:rpm/suse/a@1?distro=opensuse-leap-15.5"}]})");
  EXPECT_EQ(document.artifact.distro.id, "opensuse-leap");
}

TEST(SbomRead, CycloneDxXml) {
  SbomDocument document = read_ok(R"(<?xml version="1.0" encoding="UTF-8"?>
    <bom xmlns="http://cyclonedx.org/schema/bom/1.4" xmlns:o="urn:other" version="1">
      <metadata><component type="application"><name>app</name></component></metadata>
      <components>
        <component type="library" bom-ref="a"><group>org.a</group><name>lib &amp; more</name>
          <version>1.0</version>
          <hashes><hash alg="SHA-256">
            0000000000000000000000000000000000000000000000000000000000000000</hash></hashes>
          <licenses><license><name>Mine</name></license></licenses>
          <purl>pkg:maven/org.a/lib@1.0</purl>
          <components>
            <component type="library" bom-ref="b"><name>inner</name></component>
          </components>
        </component>
        <o:component><name>not ours</name></o:component>
      </components>
      <dependencies><dependency ref="a"><dependency ref="b"/></dependency></dependencies>
    </bom>)");
  EXPECT_EQ(document.format, Format::kCycloneDxXml);
  EXPECT_EQ(document.name, "app");
  EXPECT_EQ(document.components, 3u);
  ASSERT_EQ(document.packages.size(), 2u);
  EXPECT_EQ(document.packages[0].name, "inner");
  EXPECT_EQ(document.packages[1].name_space, "org.a");
  EXPECT_EQ(document.packages[1].digest, "sha256:" + std::string(64, '0'));
  EXPECT_EQ(document.packages[1].depends_on, std::vector<std::string>{"pkg:generic/inner"});
}

constexpr std::string_view kTrivySpdx = R"json({"spdxVersion":"SPDX-2.3","dataLicense":"CC0-1.0",
  "SPDXID":"SPDXRef-DOCUMENT","name":"example:1","documentNamespace":"http://example.org/1",
  "packages":[
    {"SPDXID":"SPDXRef-ContainerImage-1","name":"example:1","downloadLocation":"NONE",
     "primaryPackagePurpose":"CONTAINER","attributionTexts":["DiffID: sha256:l0"],
     "externalRefs":[{"referenceCategory":"PACKAGE-MANAGER","referenceType":"purl",
       "referenceLocator":"pkg:oci/example@sha256%3Aabc"}]},
    {"SPDXID":"SPDXRef-OperatingSystem-1","name":"centos","versionInfo":"8.3.2011",
     "downloadLocation":"NONE","primaryPackagePurpose":"OPERATING-SYSTEM"},
    {"SPDXID":"SPDXRef-Package-1","name":"libssl","versionInfo":"1-2","downloadLocation":"NONE",
     "supplier":"Organization: CentOS","licenseDeclared":"mit OR (Apache-2.0)",
     "sourceInfo":"built package from: openssl 1-3","annotations":[
       {"annotator":"Tool: trivy","annotationDate":"2024-01-01T00:00:00Z",
        "annotationType":"OTHER","comment":"LayerDiffID: sha256:l0"}],
     "externalRefs":[{"referenceCategory":"PACKAGE-MANAGER","referenceType":"purl",
       "referenceLocator":"pkg:rpm/centos/libssl@1-2?arch=aarch64&distro=centos-8.3.2011"}]}],
  "relationships":[
    {"spdxElementId":"SPDXRef-DOCUMENT","relationshipType":"DESCRIBES",
     "relatedSpdxElement":"SPDXRef-ContainerImage-1"}]})json";

TEST(SbomRead, TrivySpdx) {
  SbomDocument document = read_ok(kTrivySpdx);
  EXPECT_EQ(document.spec_version, "2.3");
  EXPECT_EQ(document.artifact.digest, "sha256:abc");
  EXPECT_EQ(document.artifact.distro.id, "centos");
  ASSERT_EQ(document.packages.size(), 1u);
  const model::Package& ssl = document.packages[0];
  EXPECT_EQ(ssl.source_name, "openssl");
  EXPECT_EQ(ssl.source_version, "1-3");
  EXPECT_EQ(ssl.supplier, "CentOS");
  EXPECT_EQ(ssl.licences, std::vector<std::string>{"Apache-2.0 OR MIT"});
  EXPECT_EQ(ssl.locations.at(0).layer, 0);
}

TEST(SbomRead, Utf16) {
  std::string wide = "\xff\xfe";
  for (char c : kTrivySpdx) wide += {c, '\0'};
  EXPECT_EQ(read_ok(wide).packages.size(), 1u);
  std::string big = "\xfe\xff";
  for (char c : kTrivySpdx) big += {'\0', c};
  EXPECT_EQ(read_ok(big).packages.size(), 1u);
}

TEST(SbomRead, TagValue) {
  SbomDocument document = read_ok(
      "# comment\nSPDXVersion: SPDX-2.2\nDataLicense: CC0-1.0\nSPDXID: SPDXRef-DOCUMENT\n"
      "DocumentName: d\nPackageName: a\nSPDXID: SPDXRef-a\nPackageVersion: 1\n"
      "PackageDownloadLocation: NONE\nPackageComment: <text>x\nPackageName: fake\n</text>\n"
      "ExternalRef: PACKAGE-MANAGER purl pkg:npm/a@1\n"
      "Annotator: Tool: trivy\nSPDXREF: SPDXRef-a\nAnnotationComment: <text>FilePath: x/y</text>\n"
      "FileName: ./f\nSPDXID: SPDXRef-f\nPackageName: b\nSPDXID: SPDXRef-b\n"
      "PackageDownloadLocation: NONE\nRelationship: SPDXRef-a DEPENDS_ON SPDXRef-b\n");
  ASSERT_EQ(document.packages.size(), 2u);
  EXPECT_EQ(document.components, 3u);
  EXPECT_EQ(document.packages[1].purl(), "pkg:npm/a@1");
  EXPECT_EQ(document.packages[1].locations.at(0).path, "x/y");
  EXPECT_EQ(document.packages[1].depends_on, std::vector<std::string>{"pkg:generic/b"});
  EXPECT_NE(read_error("SPDXVersion: SPDX-2.2\nPackageComment: <text>never closed\n"), "");
  EXPECT_NE(read_error("SPDXVersion: SPDX-2.2\nno tag here\n"), "");
}

TEST(SbomRead, BreachesOfTheStandardAreNoted) {
  base::Diagnostics diagnostics;
  auto document = read(R"({"spdxVersion":"SPDX-2.2","dataLicense":"CC0-1.0","name":"d",
    "packages":[{"SPDXID":"SPDXRef-a","name":"a"},{"SPDXID":"SPDXRef-a","name":"b"}],
    "relationships":[{"spdxElementId":"x","relationshipType":"LIKES","relatedSpdxElement":"y"}]})",
                       "test", base::Limits(), diagnostics);
  ASSERT_TRUE(document);
  EXPECT_EQ(document->packages.size(), 2u);
  EXPECT_EQ(diagnostics.all().size(), 3u);
}

TEST(SbomRead, RepeatedKeysAreSaidAndTheLastCounts) {
  base::Diagnostics diagnostics;
  auto document = read(R"({"bomFormat":"CycloneDX","specVersion":"1.4","components":[
    {"type":"library","name":"a","version":"1","version":"2"},{"name":"b","name":"c"}]})",
                       "bom.json", base::Limits(), diagnostics);
  ASSERT_TRUE(document);
  ASSERT_EQ(document->packages.size(), 2u);
  EXPECT_EQ(document->packages[0].version, "2");
  EXPECT_EQ(document->packages[1].name, "c");
  ASSERT_EQ(diagnostics.all().size(), 1u);
  EXPECT_EQ(diagnostics.all()[0].kind, "duplicate-key");
  EXPECT_EQ(diagnostics.all()[0].where, "bom.json");
  EXPECT_NE(diagnostics.all()[0].message.find("/components/version\" and 1 more"),
            std::string::npos);
  EXPECT_FALSE(diagnostics.any_incomplete());
}

TEST(SbomRead, WhatIsNoPurlIsSaidAndThePackageKept) {
  for (const char* text : {
           R"({"bomFormat":"CycloneDX","specVersion":"1.4","components":[
             {"type":"library","name":"left","version":"1","purl":"npm/left@1"},
             {"type":"library","name":"right","purl":"pkg:npm/right@2"}]})",
           R"({"spdxVersion":"SPDX-2.3","dataLicense":"CC0-1.0","name":"d","packages":[
             {"SPDXID":"SPDXRef-a","name":"left","versionInfo":"1","downloadLocation":"NONE",
              "externalRefs":[{"referenceType":"purl","referenceLocator":"npm/left@1"}]},
             {"SPDXID":"SPDXRef-b","name":"right","downloadLocation":"NONE",
              "externalRefs":[{"referenceType":"purl","referenceLocator":"pkg:npm/right@2"}]}]})",
       }) {
    base::Diagnostics diagnostics;
    auto document = read(text, "bom.json", base::Limits(), diagnostics);
    ASSERT_TRUE(document) << text;
    ASSERT_EQ(document->packages.size(), 2u) << text;
    EXPECT_EQ(document->packages[0].type, "generic");
    EXPECT_EQ(document->packages[0].name, "left");
    ASSERT_EQ(diagnostics.all().size(), 1u) << text;
    EXPECT_EQ(diagnostics.all()[0].kind, "bad-purl");
    EXPECT_NE(diagnostics.all()[0].message.find("\"left\""), std::string::npos);
  }
}

TEST(SbomRead, RefusesWhatItIsNot) {
  for (const char* text : {
           "",
           "hello",
           "{}",
           "{\"bomFormat\":\"Other\",\"specVersion\":\"1.6\"}",
           "<a/>",
           "<bom/>",
           "{\"bomFormat\":\"CycloneDX\"}",
           "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"2.0\"}",
           "{\"spdxVersion\":\"SPDX-3.0\"}",
           "{\"bomFormat\":",
           "<bom",
           "spdxVersion: 1",
           "<!DOCTYPE a [<!ENTITY b \"c\">]><bom xmlns=\"http://cyclonedx.org/schema/bom/1.4\"/>",
       }) {
    EXPECT_NE(read_error(text), "") << text;
  }
}

TEST(SbomRead, KeepsItsLimits) {
  base::Limits limits;
  limits.max_entries = 2;
  base::Diagnostics diagnostics;
  auto document = read(R"({"bomFormat":"CycloneDX","specVersion":"1.4","components":[
    {"name":"a"},{"name":"b"},{"name":"c"}]})",
                       "test", limits, diagnostics);
  ASSERT_FALSE(document);
  EXPECT_EQ(document.error().code(), base::Code::kLimit);
  std::string deep = "<bom xmlns=\"http://cyclonedx.org/schema/bom/1.4\">";
  for (int i = 0; i < 600; ++i) deep += "<components><component>";
  EXPECT_NE(read_error(deep), "");
}

}  // namespace
}  // namespace bulkhead::sbom
