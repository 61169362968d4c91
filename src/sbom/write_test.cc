// SPDX-License-Identifier: Apache-2.0
// What is written reads back the same, in both formats.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <tuple>

#include "sbom/sbom.h"
#include "tests/support/sample_report.h"

namespace bulkhead::sbom {
namespace {

using WriteSbom = base::Status (*)(const model::ScanReport&, const Out&);

std::string written(WriteSbom write, const model::ScanReport& report) {
  std::string text;
  auto status = write(report, [&](std::string_view piece) {
    text += piece;
    return base::Status();
  });
  EXPECT_TRUE(status);
  return text;
}

void expect_same(const model::Package& a, const model::Package& b) {
  EXPECT_EQ(a.purl(), b.purl());
  EXPECT_EQ(a.type, b.type);
  EXPECT_EQ(a.name_space, b.name_space);
  EXPECT_EQ(a.name, b.name);
  EXPECT_EQ(a.version, b.version);
  EXPECT_EQ(a.licences, b.licences) << a.name;
  EXPECT_EQ(a.locations, b.locations) << a.name;
  EXPECT_EQ(a.depends_on, b.depends_on) << a.name;
  EXPECT_EQ(a, b) << a.name;
}

class RoundTrip : public ::testing::TestWithParam<WriteSbom> {};

TEST_P(RoundTrip, GivesTheSame) {
  model::ScanReport report = testing::sample_report();
  std::string text = written(GetParam(), report);
  base::Diagnostics diagnostics;
  auto back = read(text, "written", base::Limits(), diagnostics);
  ASSERT_TRUE(back) << back.error().message();
  EXPECT_TRUE(diagnostics.empty());
  std::sort(report.packages.begin(), report.packages.end(), [](const auto& a, const auto& b) {
    return std::tie(a.type, a.name, a.version, a.locations) <
           std::tie(b.type, b.name, b.version, b.locations);
  });
  ASSERT_EQ(back->packages.size(), report.packages.size());
  for (size_t i = 0; i < report.packages.size(); ++i) {
    back->packages[i].bom_ref.clear();  // the document's own
    expect_same(back->packages[i], report.packages[i]);
  }
  const model::Artifact& a = back->artifact;
  const model::Artifact& b = report.artifact;
  EXPECT_EQ(a.kind, b.kind);
  EXPECT_EQ(a.name, b.name);
  EXPECT_EQ(a.digest, b.digest);
  EXPECT_EQ(a.index_digest, b.index_digest);
  EXPECT_EQ(a.config_digest, b.config_digest);
  EXPECT_EQ(a.platform, b.platform);
  EXPECT_EQ(a.created, b.created);
  EXPECT_EQ(a.tags, b.tags);
  EXPECT_EQ(a.labels, b.labels);
  ASSERT_EQ(a.layers.size(), 2u);
  EXPECT_EQ(a.layers[0].created_by, b.layers[0].created_by);
  EXPECT_EQ(a.layers[0].size_bytes, b.layers[0].size_bytes);
  EXPECT_EQ(a.layers[1].diff_id, b.layers[1].diff_id);
  EXPECT_EQ(a.distro.id, b.distro.id);
  EXPECT_EQ(a.distro.codename, b.distro.codename);
  EXPECT_EQ(a.distro.name, b.distro.name);
  EXPECT_EQ(a.distro.end_of_extended_life, b.distro.end_of_extended_life);
  EXPECT_EQ(a.distro.path, b.distro.path);
}

TEST_P(RoundTrip, IsDeterministicAndSerialFollowsContent) {
  model::ScanReport report = testing::sample_report();
  std::string first = written(GetParam(), report);
  EXPECT_EQ(first, written(GetParam(), report));
  base::Diagnostics diagnostics;
  auto before = read(first, "a", base::Limits(), diagnostics);
  report.packages[0].version = report.packages[0].version + "x";
  auto after = read(written(GetParam(), report), "b", base::Limits(), diagnostics);
  ASSERT_TRUE(before && after);
  EXPECT_NE(before->id, after->id);
}

TEST_P(RoundTrip, AnEmptyReport) {
  base::Diagnostics diagnostics;
  auto back = read(written(GetParam(), model::ScanReport()), "e", base::Limits(), diagnostics);
  ASSERT_TRUE(back) << back.error().message();
  EXPECT_TRUE(back->packages.empty());
}

TEST_P(RoundTrip, StopsWhenTheSinkFails) {
  auto status = GetParam()(testing::sample_report(), [](std::string_view) {
    return base::Status(base::Error(base::Code::kIo, "full"));
  });
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message(), "full");
}

TEST(WriteCycloneDx, FilesOfPackagesAreComponentsOfTheirOwn) {
  model::ScanReport report = testing::sample_report();
  report.packages[0].files = {"/usr/lib/b.so", "usr/bin/a"};
  EXPECT_EQ(written(write_cyclonedx, report), written(write_cyclonedx, testing::sample_report()));
  std::string text = written(write_cyclonedx_with_files, report);
  size_t first = text.find("\"name\": \"usr/bin/a\"");
  EXPECT_LT(first, text.find("\"name\": \"usr/lib/b.so\"", first));
  base::Diagnostics diagnostics;
  auto back = read(text, "written", base::Limits(), diagnostics);
  ASSERT_TRUE(back) << back.error().message();
  EXPECT_TRUE(diagnostics.empty());
  EXPECT_EQ(back->packages.size(), report.packages.size());
}

INSTANTIATE_TEST_SUITE_P(Formats, RoundTrip, ::testing::Values(write_cyclonedx, write_spdx));

}  // namespace
}  // namespace bulkhead::sbom
