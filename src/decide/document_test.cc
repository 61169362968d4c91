// SPDX-License-Identifier: Apache-2.0
#include "decide/document.h"

#include <gtest/gtest.h>

#include "base/fs.h"
#include "base/json_schema.h"
#include "tests/support/sample_report.h"

namespace bulkhead::decide {
namespace {

base::json::Document parsed(const std::string& text) {
  auto document = base::json::Document::parse(text);
  EXPECT_TRUE(document) << (document ? "" : document.error().message());
  return std::move(*document);
}

void expect_fits(const std::string& text) {
  std::string path = std::string(BULKHEAD_SOURCE_DIR) + "/data/schemas/policy-input-1.schema.json";
  auto schema = base::read_file(path, 1 << 20);
  ASSERT_TRUE(schema) << schema.error().message();
  base::json::SchemaSet schemas;
  ASSERT_TRUE(schemas.add("input", *schema));
  auto status = schemas.validate("input", parsed(text).root());
  EXPECT_TRUE(status) << status.error().message() << "\n" << text;
}

model::ImageConfig full_config() {
  model::ImageConfig config;
  config.user = "10001";
  config.env = {"PATH=/bin"};
  config.entrypoint = {"/app"};
  config.cmd = {"serve"};
  config.exposed_ports = {"8080/tcp"};
  config.volumes = {"/data"};
  config.labels = {{"a", "b"}};
  config.working_dir = "/";
  config.healthcheck = model::Healthcheck{{"CMD", "true"}, 1, 2, 3, 4};
  config.history = {{"2026-01-01T00:00:00Z", "RUN x", "", "", true}};
  return config;
}

DocumentFacts facts_of(const model::ScanReport& report) {
  DocumentFacts facts;
  facts.at = 1767657600;
  facts.report = &report;
  facts.scanners = {"packages", "vuln"};
  return facts;
}

TEST(PolicyDocument, FitsItsSchema) {
  model::ScanReport report = testing::sample_report();
  report.artifact.config = full_config();
  report.artifact.annotations["org.opencontainers.image.base.name"] = "docker.io/library/debian:12";
  DocumentFacts facts = facts_of(report);
  facts.reference = "registry.example.org:5000/shop/web:1.4";
  facts.files = {{"Dockerfile", "dockerfile", R"({"stages":[]})", 1}};
  facts.files_known = true;
  std::string text = policy_document(facts);
  expect_fits(text);
  EXPECT_EQ(text, policy_document(facts));
  auto document = parsed(text);
  base::json::Value image = document.root()["image"];
  EXPECT_EQ(image["registry"].string_or(""), "registry.example.org:5000");
  EXPECT_EQ(image["repository"].string_or(""), "shop/web");
  EXPECT_EQ(image["config"]["User"].string_or(""), "10001");
  EXPECT_TRUE(image["config"]["ExposedPorts"]["8080/tcp"].is_object());
  EXPECT_EQ(image["base"]["how"].string_or(""), "annotation");
  EXPECT_EQ(image["history"].size(), 1u);
  EXPECT_EQ(document.root()["findings"].size(), report.findings.size());
}

TEST(PolicyDocument, SaysWhichFilesAreSetuid) {
  model::ScanReport report = testing::sample_report();
  EXPECT_TRUE(parsed(policy_document(facts_of(report))).root()["filesystem"].missing());
  report.privileged = std::vector<model::PrivilegedFile>{{"bin/su", 04755, 0}, {"a", 02711, -1}};
  std::string text = policy_document(facts_of(report));
  expect_fits(text);
  auto document = parsed(text);
  base::json::Value files = document.root()["filesystem"]["setuid"];
  std::string said;
  files.each([&](base::json::Value file) {
    said += std::string(file["path"].string_or("")) + "=" +
            std::string(file["mode"].string_or("")) + (file["layer"].missing() ? "? " : " ");
  });
  EXPECT_EQ(said, "bin/su=4755 a=2711? ");
}

TEST(PolicyDocument, LeavesOutWhatIsUnknown) {
  model::ScanReport report;
  report.artifact.kind = model::ArtifactKind::kRepository;
  report.artifact.name = ".";
  auto document = parsed(policy_document(facts_of(report)));
  for (const char* member : {"image", "findings", "files", "distro", "trust", "object"}) {
    EXPECT_TRUE(document.root()[member].missing()) << member;
  }
  EXPECT_EQ(document.root()["target"]["kind"].string_or(""), "repository");
  EXPECT_TRUE(document.root()["packages"].is_array());
  expect_fits(policy_document(facts_of(report)));
  DocumentFacts nothing;
  expect_fits(policy_document(nothing));
}

TEST(PolicyDocument, AnArchiveHasNoNameInARegistry) {
  model::ScanReport report = testing::sample_report();
  report.artifact.name = "build/image";
  auto document = parsed(policy_document(facts_of(report)));
  EXPECT_EQ(document.root()["image"]["reference"].string_or(""), "build/image");
  EXPECT_TRUE(document.root()["image"]["registry"].missing());
  EXPECT_TRUE(document.root()["image"]["config"].missing());
}

}  // namespace
}  // namespace bulkhead::decide
