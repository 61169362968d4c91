// SPDX-License-Identifier: Apache-2.0
#include "scan/cache/image_cache.h"

#include <gtest/gtest.h>

#include "scan/testing.h"
#include "tests/support/sample_report.h"

namespace bulkhead::scan {
namespace {

ImageFacts sample() {
  model::ScanReport report = testing::sample_report();
  ImageFacts out;
  out.catalog.distro = report.artifact.distro;
  out.catalog.distro.like = {"debian"};
  out.catalog.packages = report.packages;
  out.privileged = {{"bin/su", 04755, 0}, {"bin/wall", 02755, 1}};
  out.diagnostics.skipped("bad-lockfile", "app/package-lock.json", "not valid JSON");
  return out;
}

const std::vector<std::string> kLayers = {"sha256:a", "sha256:b"};

TEST(ImageCache, GivesBackWhatItWasGivenButTheFilesOfPackages) {
  MemoryStore store;
  EXPECT_FALSE(ImageCache(&store, kLayers, {}).find());
  ImageFacts facts = sample();
  ImageCache(&store, kLayers, {}).keep(facts);
  auto found = ImageCache(&store, kLayers, {}).find();
  ASSERT_TRUE(found);
  for (model::Package& package : facts.catalog.packages) package.files = {};
  EXPECT_EQ(found->catalog.packages, facts.catalog.packages);
  EXPECT_EQ(found->catalog.distro.name, facts.catalog.distro.name);
  EXPECT_EQ(found->catalog.distro.end_of_extended_life, facts.catalog.distro.end_of_extended_life);
  EXPECT_EQ(found->catalog.distro.like, facts.catalog.distro.like);
  ASSERT_EQ(found->privileged.size(), 2u);
  EXPECT_EQ(found->privileged[1].path, "bin/wall");
  EXPECT_EQ(found->privileged[1].mode, 02755u);
  EXPECT_EQ(found->privileged[1].layer, 1);
  EXPECT_EQ(found->diagnostics.all(), facts.diagnostics.all());
}

TEST(ImageCache, OtherLayersAndDirectoriesAreOtherImages) {
  MemoryStore store;
  ImageCache(&store, kLayers, {}).keep(sample());
  std::vector<std::string> swapped = {"sha256:b", "sha256:a"};
  std::vector<std::string> skip = {"opt"};
  EXPECT_FALSE(ImageCache(&store, swapped, {}).find());
  EXPECT_FALSE(ImageCache(&store, std::vector<std::string>{"sha256:a"}, {}).find());
  EXPECT_FALSE(ImageCache(&store, kLayers, skip).find());
}

TEST(ImageCache, DamagedEntriesCountAsAbsent) {
  MemoryStore store;
  ImageCache(&store, kLayers, {}).keep(sample());
  ASSERT_EQ(store.entries.size(), 1u);
  std::string& entry = store.entries.begin()->second;
  const std::string good = entry;
  for (size_t at : {size_t{0}, size_t{20}, size_t{50}, good.size() - 1}) {
    entry = good;
    entry[at] = static_cast<char>(entry[at] ^ 1);
    EXPECT_FALSE(ImageCache(&store, kLayers, {}).find()) << at;
  }
  for (size_t size : {size_t{0}, size_t{39}, size_t{40}, good.size() - 1}) {
    entry = good.substr(0, size);
    EXPECT_FALSE(ImageCache(&store, kLayers, {}).find()) << size;
  }
}

TEST(ImageCache, KeepsNothingWithoutAStoreOrWithCountsOfItsOwn) {
  ImageCache(nullptr, kLayers, {}).keep(sample());
  EXPECT_FALSE(ImageCache(nullptr, kLayers, {}).find());
  MemoryStore store;
  ImageFacts facts = sample();
  for (int i = 0; i < 200; ++i) facts.diagnostics.skipped("many", std::to_string(i), "wrong");
  ImageCache(&store, kLayers, {}).keep(facts);
  EXPECT_TRUE(store.entries.empty());
}

}  // namespace
}  // namespace bulkhead::scan
