// SPDX-License-Identifier: Apache-2.0
// data/end-of-life.json is well formed, and is looked up as it says.
#include "catalog/end_of_life.h"

#include <gtest/gtest.h>

#include <set>

#include "base/clock.h"
#include "base/json.h"

namespace bulkhead::catalog {
namespace {

using base::json::Value;

void check_date(Value value, std::string_view what) {
  if (value.missing()) return;
  std::string_view text = value.string_or("");
  EXPECT_EQ(text.size(), 10u) << what;
  EXPECT_TRUE(base::parse_time(text)) << what << ": " << text;
}

TEST(EndOfLifeTable, IsWellFormed) {
  auto document = base::json::Document::parse(end_of_life_json());
  ASSERT_TRUE(document) << document.error().message();
  std::set<std::string> distributions;
  document->root()["distributions"].each([&](Value d) {
    std::string id(d["id"].string_or(""));
    EXPECT_FALSE(id.empty());
    EXPECT_TRUE(distributions.insert(id + "/" + std::string(d["variant"].string_or(""))).second)
        << id << " twice";
    EXPECT_FALSE(d["name"].string_or("").empty()) << id;
    EXPECT_FALSE(d["source"].string_or("").empty()) << id;
    EXPECT_TRUE(d["releases"].is_array()) << id;
    std::set<std::string> releases;
    d["releases"].each([&](Value r) {
      std::string what = id + " " + std::string(r["version"].string_or(""));
      EXPECT_FALSE(r["version"].string_or("").empty()) << what;
      EXPECT_TRUE(releases.insert(what + "/" + std::string(r["codename"].string_or(""))).second)
          << what << " twice";
      for (const char* key : {"release", "eol", "extended"}) check_date(r[key], what);
      std::string_view release = r["release"].string_or("");
      std::string_view eol = r["eol"].string_or("9999");
      std::string_view extended = r["extended"].string_or("9999");
      EXPECT_LT(release, eol) << what;
      EXPECT_LE(eol, extended) << what;
    });
  });
  for (const char* id : {"debian/", "ubuntu/", "alpine/", "rhel/", "centos/", "centos/stream",
                         "rocky/", "almalinux/", "ol/", "fedora/", "amzn/", "sles/"}) {
    EXPECT_TRUE(distributions.contains(id)) << id;
  }
}

model::Distro lookup(std::string id, std::string version, std::string variant = {},
                     std::string codename = {}) {
  model::Distro distro;
  distro.id = std::move(id);
  distro.version = std::move(version);
  distro.variant = std::move(variant);
  distro.codename = std::move(codename);
  add_end_of_life(distro);
  return distro;
}

TEST(EndOfLife, LooksUpByPrefixVariantAndCodename) {
  EXPECT_EQ(lookup("rhel", "8.10").end_of_life, "2029-05-31");
  EXPECT_EQ(lookup("debian", "12").codename, "bookworm");
  EXPECT_EQ(lookup("alpine", "3.2.1").end_of_life, "2017-05-01") << "not 3.21's";
  EXPECT_EQ(lookup("centos", "8").end_of_life, "2021-12-31");
  EXPECT_EQ(lookup("centos", "8", "stream").end_of_life, "2024-05-31");
  EXPECT_EQ(lookup("sles", "15").end_of_life, "2019-12-31");
  EXPECT_EQ(lookup("sles", "15.99").end_of_life, "") << "service packs end one by one";
  EXPECT_EQ(lookup("openeuler", "22.03", "", "LTS-SP3").end_of_life, "2025-12-31");
  EXPECT_EQ(lookup("openeuler", "22.03").end_of_life, "");
  EXPECT_EQ(lookup("wolfi", "20230201").version, "");
  EXPECT_EQ(lookup("plan9", "4").end_of_life, "");
  EXPECT_EQ(lookup("rhel", "10.1", "ubi").end_of_life, "2035-05-31") << "variant without a row";
}

}  // namespace
}  // namespace bulkhead::catalog
