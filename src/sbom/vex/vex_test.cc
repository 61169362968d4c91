// SPDX-License-Identifier: Apache-2.0
// Reading VEX documents, refusing wrong ones with the place and the remedy, and writing them so
// that they read back the same. The documents in testdata/vex are made up after the forms that
// vendors and distributions publish.
#include "sbom/vex.h"

#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include "base/text.h"

namespace bulkhead::sbom {
namespace {

using model::VexComponent;
using model::VexDocument;
using model::VexStatement;

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string fixture(const std::string& name) {
  return read_file(std::string(BULKHEAD_ROOM_DIR) + "/testdata/vex/" + name);
}

base::Result<VexDocument> read_text(std::string_view text, base::Diagnostics& diagnostics) {
  return read_vex(text, "vex.json", base::Limits(), diagnostics);
}

std::string describe(const VexComponent& component) {
  std::string out = component.purls.empty() ? component.id : base::join(component.purls, "=");
  for (const std::string& cpe : component.cpes) out += " " + cpe;
  for (const std::string& hash : component.hashes) out += " " + hash.substr(0, 10);
  for (const std::string& version : component.versions) out += " =" + version;
  for (const std::string& range : component.ranges) out += " " + range;
  return out;
}

// A statement as a few lines: what, about what, why, what to do.
std::string describe(const VexStatement& statement) {
  std::string out = statement.vulnerability;
  for (const std::string& alias : statement.aliases) out += "=" + alias;
  out += " " + std::string(vex_status_name(statement.status));
  std::string why(vex_justification_name(statement.justification));
  if (!why.empty()) out += " " + why;
  if (!statement.justification_word.empty()) out += " (" + statement.justification_word + ")";
  if (!statement.impact_statement.empty()) out += " impact: " + statement.impact_statement;
  if (!statement.action_statement.empty()) out += " action: " + statement.action_statement;
  if (!statement.responses.empty()) out += " [" + base::join(statement.responses, " ") + "]";
  out += "\n";
  for (const auto& product : statement.products) {
    out += "  " + describe(product.component);
    for (const auto& part : product.subcomponents) out += " > " + describe(part);
    out += "\n";
  }
  return out;
}

std::string describe(const VexDocument& document) {
  std::string out;
  for (const VexStatement& statement : document.statements) out += describe(statement);
  return out;
}

VexDocument must_read(const std::string& name) {
  base::Diagnostics diagnostics;
  auto document = read_text(fixture(name), diagnostics);
  EXPECT_TRUE(document) << name << ": " << (document ? "" : document.error().message());
  return document ? *document : VexDocument();
}

TEST(ReadVex, OpenVex) {
  VexDocument document = must_read("openvex.json");
  EXPECT_EQ(document.format, model::VexFormat::kOpenVex);
  EXPECT_EQ(document.spec_version, "0.2.0");
  EXPECT_EQ(document.id, "https://openvex.dev/docs/acme/vex-1");
  EXPECT_EQ(document.author, "ACME PSIRT");
  EXPECT_EQ(document.timestamp, "2025-01-02T00:00:00Z");
  EXPECT_EQ(document.version, "3");
  EXPECT_EQ(
      describe(document),
      "CVE-2025-0001=GHSA-1 not_affected vulnerable_code_cannot_be_controlled_by_adversary impact: "
      "Input is fixed.\n"
      "  pkg:oci/web@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa "
      "cpe:2.3:a:acme:web:1.4:*:*:*:*:*:*:* sha256:aaa > pkg:npm/lodash@4.17.20 > "
      "pkg:npm/%40acme/lib\n"
      "CVE-2025-0002 affected action: Update to 2.0.\n"
      "  https://acme.example/web\n"
      "CVE-2025-0003 under_investigation\n");
  EXPECT_EQ(document.statements[0].timestamp, "2025-01-01T08:00:00+01:00");
  EXPECT_EQ(document.statements[1].timestamp, document.timestamp);
  EXPECT_EQ(document.statements[1].notes, "All of 1.x.");
  EXPECT_EQ(document.statements[2].place, "statements[2]");
}

TEST(ReadVex, OpenVexOfTheFirstVersion) {
  base::Diagnostics diagnostics;
  auto document =
      read_text(R"({"@context":"https://openvex.dev/ns","@id":"x","author":"a","version":"1",
    "statements":[{"vulnerability":"CVE-1","products":["pkg:apk/wolfi/bash@1.0.0","nginx"],
    "subcomponents":["pkg:npm/a"],"status":"fixed"}]})",
                diagnostics);
  ASSERT_TRUE(document) << document.error().message();
  EXPECT_EQ(document->spec_version, "0.0.1");
  EXPECT_EQ(describe(*document),
            "CVE-1 fixed\n  pkg:apk/wolfi/bash@1.0.0 > pkg:npm/a\n  nginx > pkg:npm/a\n");
  ASSERT_EQ(diagnostics.all().size(), 1u);
  EXPECT_EQ(diagnostics.all()[0].message, "timestamp is missing, which the format requires");
}

TEST(ReadVex, CsafOfADistribution) {
  VexDocument document = must_read("csaf-distribution.json");
  EXPECT_EQ(document.author, "Example Linux Product Security");
  EXPECT_EQ(document.author_url, "https://security.example.com");
  EXPECT_EQ(document.timestamp, "2024-06-01T12:00:00+00:00");
  EXPECT_EQ(document.version, "2");
  EXPECT_EQ(describe(document),
            "CVE-2024-1111=2277777 not_affected vulnerable_code_not_present\n"
            "  BaseOS-9 cpe:/o:example:enterprise_linux:9::baseos > pkg:rpm/example/edk2?arch=src\n"
            "CVE-2024-1111=2277777 fixed impact: Important action: Update openssl. [update]\n"
            "  BaseOS-9 cpe:/o:example:enterprise_linux:9::baseos > "
            "pkg:rpm/example/openssl@3.0.7-27.el9?arch=src&epoch=1\n"
            "CVE-2024-1111=2277777 fixed action: Update openssl. [update]\n"
            "  BaseOS-9 cpe:/o:example:enterprise_linux:9::baseos > "
            "pkg:rpm/example/openssl-libs@3.0.7-27.el9?arch=x86_64&epoch=1\n");
  EXPECT_EQ(document.statements[0].place, "vulnerabilities[0].product_status.known_not_affected");
}

TEST(ReadVex, CsafOfAVendor) {
  EXPECT_EQ(
      describe(must_read("csaf-vendor.json")),
      "CVE-2025-0001 not_affected vulnerable_code_not_in_execute_path impact: template() is never "
      "called.\n"
      "  pkg:oci/web@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa?"
      "repository_url=registry.example%2Fshop > pkg:npm/lodash@4.17.20 sha256:ddd\n"
      "GHSA-aaaa-bbbb-cccc fixed action: Update to 2.1.0. [update]\n"
      "  pkg:npm/%40acme/lib =2.1.0\n"
      "GHSA-aaaa-bbbb-cccc affected action: Update to 2.1.0.; Switch the cache off. [update "
      "workaround_available]\n"
      "  pkg:npm/%40acme/lib vers:npm/<2.1.0\n"
      "CVE-2025-0003 under_investigation\n"
      "  pkg:oci/web@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa?"
      "repository_url=registry.example%2Fshop\n"
      "  pkg:oci/web?repository_url=registry.example%2Fshop vers:semver/>=1.0.0|<1.4.0\n");
}

TEST(ReadVex, CycloneDx) {
  base::Diagnostics diagnostics;
  auto document = read_text(fixture("cyclonedx-embedded.json"), diagnostics);
  ASSERT_TRUE(document) << document.error().message();
  const std::string subject = "  urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/2 sha256:aaa";
  EXPECT_EQ(describe(*document),
            "CVE-2025-0001=GHSA-1 not_affected vulnerable_code_cannot_be_controlled_by_adversary "
            "(requires_configuration) impact: The option is off. [will_not_fix]\n" +
                subject + " > pkg:npm/lodash@4.17.20\n" + subject +
                " > pkg:npm/other@1.0.0\n"
                "CVE-2025-0002 affected\n" +
                subject + " > pkg:maven/com.fasterxml/jackson vers:maven/>=2.0|<2.9.5\n" +
                "CVE-2025-0002 fixed\n" + subject +
                " > pkg:maven/com.fasterxml/jackson =2.9.5\n"
                "CVE-2025-0003 affected action: Update. [update rollback]\n"
                "  urn:cdx:11111111-2222-3333-4444-555555555555/1 > "
                "pkg:deb/debian/curl@7.88?arch=amd64\n" +
                subject + " > inner =1\n" + subject +
                "\n"
                "CVE-2025-0004 not_affected component_not_present (false_positive)\n" +
                subject +
                "\n"
                "CVE-2025-0005 under_investigation\n");
  EXPECT_EQ(document->statements[0].timestamp, "2025-02-02T00:00:00Z");
  EXPECT_EQ(document->statements[1].timestamp, "2025-03-01T00:00:00Z");
  ASSERT_EQ(diagnostics.all().size(), 1u);
  EXPECT_EQ(diagnostics.all()[0].message,
            "1 of its vulnerabilities have no analysis and state nothing");
}

TEST(ReadVex, CycloneDxWithoutSubject) {
  base::Diagnostics diagnostics;
  auto document = read_text(R"({"bomFormat":"CycloneDX","specVersion":"1.5","components":[
    {"name":"app","bom-ref":"app","purl":"pkg:npm/app@1","components":[
    {"name":"part","bom-ref":"part","purl":"pkg:npm/part@2"}]}],"vulnerabilities":[
    {"id":"CVE-1","analysis":{"state":"not_affected","justification":"code_not_present"},
    "affects":[{"ref":"part"},{"ref":"app"},{"ref":"pkg:npm/alone@3"}]}]})",
                            diagnostics);
  ASSERT_TRUE(document) << document.error().message();
  EXPECT_EQ(describe(*document),
            "CVE-1 not_affected vulnerable_code_not_present (code_not_present)\n"
            "  pkg:npm/app@1 > pkg:npm/part@2\n  pkg:npm/app@1\n  pkg:npm/alone@3\n");
}

// The fixture with one text replaced; the message of the error.
std::string broken(const std::string& name, const std::string& from, const std::string& to) {
  std::string text = fixture(name);
  size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  if (at != std::string::npos) text.replace(at, from.size(), to);
  base::Diagnostics diagnostics;
  auto document = read_text(text, diagnostics);
  return document ? "read" : document.error().message();
}

TEST(ReadVex, SaysWhatIsWrongWhereAndWhatToDo) {
  struct Case {
    const char* name;
    const char* from;
    const char* to;
    const char* message;
  };
  for (
      const Case& c : {
          Case{"openvex.json", "\"not_affected\"", "\"unaffected\"",
               "vex.json: OpenVEX: statements[0].status has the unknown word \"unaffected\"; known "
               "are not_affected, affected, fixed and under_investigation"},
          Case{"openvex.json", "\"vulnerable_code_cannot_be_controlled_by_adversary\"", "\"luck\"",
               "statements[0].justification has the unknown word \"luck\""},
          Case{"openvex.json", "{\"name\": \"CVE-2025-0002\"}", "{}",
               "statements[1].vulnerability.name is missing"},
          Case{"openvex.json", "\"pkg:npm/lodash@4.17.20\"", "\"pkg:npm\"",
               "statements[0].products[0].subcomponents[0].@id is \"pkg:npm\", no package URL: "
               "there is no '/' after the type"},
          Case{"openvex.json", "2025-01-01T08:00:00+01:00", "yesterday",
               "statements[0].timestamp is \"yesterday\", which is no time (RFC 3339)"},
          Case{"openvex.json", "v0.2.0", "v1.0.0", "OpenVEX 1.0.0 is not read here"},
          Case{"openvex.json", "\"statements\"", "\"statement\"", "statements is missing"},
          Case{"openvex.json", "\"status\": \"under_investigation\"", "\"status\": 4",
               "statements[2].status is not a text"},
          Case{"openvex.json", "\"status\": \"under_investigation\"",
               "\"status\": \"not_affected\"",
               "statements[2] says not_affected and not why: it needs a justification or an "
               "impact_statement"},
          Case{"csaf-vendor.json", "csaf_vex", "csaf_security_advisory",
               "document.category is \"csaf_security_advisory\"; a VEX document has the category "
               "csaf_vex"},
          Case{"csaf-vendor.json", "\"2.0\"", "\"2.1\"", "CSAF 2.1 is not read here"},
          Case{"csaf-vendor.json", "\"interim\"", "\"done\"",
               "document.tracking.status has the unknown word \"done\""},
          Case{"csaf-vendor.json", "\"under_investigation\"", "\"under_inspection\"",
               "vulnerabilities[2].product_status has none of fixed, known_affected, "
               "known_not_affected and under_investigation; "
               "vulnerabilities[2].product_status.under_inspection is no product status"},
          Case{
              "csaf-vendor.json", "\"known_affected\": [\"LIB-OLD\"]",
              "\"known_affected\": [\"LIB-21\", \"LIB-OLD\"]",
              "vulnerabilities[1].product_status.known_affected contradicts first_fixed: both name "
              "the product \"LIB-21\""},
          Case{"csaf-vendor.json", "[\"WEB-14\", \"WEB-OLD\"]", "[\"WEB-15\"]",
               "vulnerabilities[2].product_status.under_investigation[0] names the product "
               "\"WEB-15\", which product_tree does not define"},
          Case{"csaf-vendor.json", "\"product_reference\": \"LODASH\"",
               "\"product_reference\": \"WEB-14:LODASH\"",
               "product_tree.relationships[0] leads back to itself or is nested too deeply"},
          Case{"csaf-vendor.json", "\"product_id\": \"LIB-21\"", "\"product_id\": \"LIB-OLD\"",
               "product_id \"LIB-OLD\" is defined twice"},
          Case{"csaf-vendor.json", "\"group_ids\": [\"LIBS\"]", "\"group_ids\": [\"LOBS\"]",
               "remediations[0].group_ids[0] names the group \"LOBS\", which product_tree does not "
               "define"},
          Case{"csaf-vendor.json", "\"cve\": \"CVE-2025-0003\",", "",
               "vulnerabilities[2] names no vulnerability: it needs cve or ids"},
          Case{"csaf-distribution.json", "\"flags\"", "\"flogs\"",
               "vulnerabilities[0].product_status.known_not_affected gives no reason for "
               "\"BaseOS-9:edk2\": it needs a flag, or a threat of the category impact, that names "
               "the product"},
          Case{"csaf-distribution.json", "vulnerable_code_not_present", "code_not_present",
               "vulnerabilities[0].flags[0].label has the unknown word \"code_not_present\""},
          Case{"cyclonedx-embedded.json", "\"in_triage\"", "\"triage\"",
               "vulnerabilities[4].analysis.state has the unknown word \"triage\""},
          Case{"cyclonedx-embedded.json", "\"requires_configuration\"", "\"none\"",
               "vulnerabilities[0].analysis.justification has the unknown word \"none\""},
          Case{
              "cyclonedx-embedded.json", "{\"ref\": \"web\"}", "{\"ref\": \"wib\"}",
              "vulnerabilities[3].affects[0].ref names \"wib\", which is neither a bom-ref of this "
              "document nor a purl"},
          Case{
              "cyclonedx-embedded.json", "vers:maven/>=2.0|<2.9.5", "<2.9.5",
              "vulnerabilities[1].affects[0].versions[0].range is wrong: version range \"<2.9.5\""},
          Case{"cyclonedx-embedded.json", "\"1.6\"", "\"1.3\"", "CycloneDX 1.3 has no VEX"},
          Case{"cyclonedx-embedded.json", "\"vulnerabilities\"", "\"v\"",
               "vulnerabilities is missing: the document states nothing"},
      }) {
    std::string message = broken(c.name, c.from, c.to);
    EXPECT_NE(message.find(c.message), std::string::npos) << c.name << ": " << message;
  }
  base::Diagnostics diagnostics;
  EXPECT_EQ(read_text("{}", diagnostics).error().code(), base::Code::kUnsupported);
  EXPECT_EQ(read_text("<bom/>", diagnostics).error().code(), base::Code::kUnsupported);
  EXPECT_FALSE(read_text("", diagnostics));
}

TEST(ReadVex, CountsProblemsBeyondTheFirstFew) {
  std::string text = R"({"@context":"https://openvex.dev/ns/v0.2.0","statements":[)";
  for (int i = 0; i < 8; ++i) text += i == 0 ? "{}" : ",{}";
  base::Diagnostics diagnostics;
  auto document = read_text(text + "]}", diagnostics);
  ASSERT_FALSE(document);
  // Each lacks a vulnerability and a status.
  EXPECT_NE(document.error().message().find("; and 11 more problems"), std::string::npos)
      << document.error().message();
}

TEST(ReadVex, OfRepeatedKeysTheLastCountsAndThatIsSaid) {
  base::Diagnostics diagnostics;
  auto document = read_text(R"({"@context":"https://openvex.dev/ns/v0.2.0","@id":"x","author":"a",
    "version":1,"timestamp":"2025-01-01T00:00:00Z","statements":[{"vulnerability":{"name":"CVE-1"},
    "products":[{"@id":"pkg:npm/a@1"}],"status":"fixed","status":"under_investigation"}]})",
                            diagnostics);
  ASSERT_TRUE(document) << document.error().message();
  EXPECT_EQ(describe(*document), "CVE-1 under_investigation\n  pkg:npm/a@1\n");
  ASSERT_EQ(diagnostics.all().size(), 1u);
  EXPECT_EQ(diagnostics.all()[0].kind, "duplicate-key");
}

TEST(ReadVex, KeepsToTheLimits) {
  base::Limits limits;
  limits.max_entries = 2;
  base::Diagnostics diagnostics;
  for (const char* name : {"openvex.json", "csaf-vendor.json", "cyclonedx-embedded.json"}) {
    auto document = read_vex(fixture(name), name, limits, diagnostics);
    ASSERT_FALSE(document) << name;
    EXPECT_EQ(document.error().code(), base::Code::kLimit) << document.error().message();
  }
}

// ---- writing ----

using WriteVexDocument = base::Status (*)(const VexDocument&, const VexOut&);

std::string written_vex(WriteVexDocument write, const VexDocument& document) {
  std::string text;
  auto status = write(document, [&](std::string_view piece) {
    text += piece;
    return base::Status();
  });
  EXPECT_TRUE(status);
  return text;
}

constexpr std::array<std::pair<WriteVexDocument, const char*>, 3> kWriters = {
    {{write_openvex, "openvex"}, {write_csaf_vex, "csaf"}, {write_cyclonedx_vex, "cyclonedx"}}};

TEST(WriteVex, EveryDocumentInEveryFormatReadsBackWithItsMeaning) {
  for (const char* name :
       {"openvex.json", "csaf-vendor.json", "csaf-distribution.json", "cyclonedx-embedded.json"}) {
    VexDocument document = must_read(name);
    // What leaves open what it is about has no place in CSAF.
    std::erase_if(document.statements,
                  [](const VexStatement& statement) { return statement.products.empty(); });
    for (auto [write, format] : kWriters) {
      base::Diagnostics diagnostics;
      std::string text = written_vex(write, document);
      auto back = read_text(text, diagnostics);
      ASSERT_TRUE(back) << name << " as " << format << ": " << back.error().message() << text;
      auto facts = [](const VexDocument& d) {
        std::map<std::string, std::map<std::string, int>> out;
        for (const VexStatement& s : d.statements) {
          int products = 0;
          for (const auto& p : s.products) {
            products += static_cast<int>(std::max<size_t>(1, p.subcomponents.size()));
          }
          out[s.vulnerability][std::string(vex_status_name(s.status)) + " " +
                               std::string(vex_justification_name(s.justification))] += products;
        }
        return out;
      };
      EXPECT_EQ(facts(*back), facts(document)) << name << " as " << format << "\n" << text;
      EXPECT_EQ(back->author, document.author);
      EXPECT_EQ(back->timestamp, document.timestamp);
      // Written again it is the same.
      text = written_vex(write, *back);
      auto again = read_text(text, diagnostics);
      ASSERT_TRUE(again) << name << " as " << format << ": " << again.error().message() << text;
      EXPECT_EQ(describe(*again), describe(*back)) << format;
    }
  }
}

TEST(WriteVex, OpenVexKeepsAllThatItHasRoomFor) {
  VexDocument document = must_read("openvex.json");
  base::Diagnostics diagnostics;
  auto back = read_text(written_vex(write_openvex, document), diagnostics);
  ASSERT_TRUE(back);
  EXPECT_EQ(describe(*back), describe(document));
  EXPECT_EQ(back->id, document.id);
}

TEST(WriteVex, RangesTravelInThePurl) {
  VexDocument document = must_read("csaf-vendor.json");
  std::string text = written_vex(write_openvex, document);
  EXPECT_NE(text.find("\"pkg:npm/%40acme/lib?vers=vers:npm%2F%3C2.1.0\""), std::string::npos);
  EXPECT_NE(text.find("\"pkg:npm/%40acme/lib@2.1.0\""), std::string::npos) << text;
}

TEST(WriteVex, StopsWhenTheSinkFails) {
  for (auto [write, format] : kWriters) {
    auto status = write(must_read("openvex.json"), [](std::string_view) {
      return base::Status(base::Error(base::Code::kIo, "full"));
    });
    EXPECT_FALSE(status) << format;
  }
}

TEST(Words, EveryCycloneDxReasonHasAMeaningAndEveryMeaningAWord) {
  using model::VexJustification;
  for (auto why :
       {VexJustification::kComponentNotPresent, VexJustification::kCodeNotPresent,
        VexJustification::kCodeNotInExecutePath, VexJustification::kCodeCannotBeControlled,
        VexJustification::kMitigationsExist}) {
    EXPECT_TRUE(justification_of_cyclonedx(cyclonedx_justification(why)));
    EXPECT_EQ(model::parse_vex_justification(vex_justification_name(why)), why);
  }
  EXPECT_FALSE(justification_of_cyclonedx("because"));
  EXPECT_EQ(cyclonedx_justification(VexJustification::kNone), "");
}

}  // namespace
}  // namespace bulkhead::sbom
