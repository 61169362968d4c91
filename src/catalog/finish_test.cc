// SPDX-License-Identifier: Apache-2.0
// Order, duplicates, and the form of facts in the layer cache.
#include <gtest/gtest.h>

#include "catalog/run.h"

namespace bulkhead::catalog {
namespace {

using model::Package;

Package package(std::string type, std::string name, std::string version, std::string path) {
  Package out;
  out.type = std::move(type);
  out.name = std::move(name);
  out.version = std::move(version);
  out.locations.push_back({std::move(path), 0, -1});
  return out;
}

TEST(Finish, SortsAndMergesTheSamePackageInTheSameDirectory) {
  Catalog catalog;
  catalog.packages = {package("npm", "b", "1", "app/yarn.lock"),
                      package("npm", "a", "1", "app/package-lock.json"),
                      package("npm", "a", "1", "app/npm-shrinkwrap.json"),
                      package("npm", "a", "1", "other/package-lock.json")};
  catalog.packages[1].dev = true;
  catalog.packages[1].licences = {"MIT"};
  finish(catalog);
  ASSERT_EQ(catalog.packages.size(), 3u);
  const Package& merged = catalog.packages[0];
  ASSERT_EQ(merged.locations.size(), 2u);
  EXPECT_EQ(merged.locations[0].path, "app/npm-shrinkwrap.json");
  EXPECT_EQ(merged.locations[1].path, "app/package-lock.json");
  EXPECT_FALSE(merged.dev) << "needed by one of them outside development";
  EXPECT_EQ(merged.licences, std::vector<std::string>{"MIT"});
  EXPECT_EQ(catalog.packages[1].locations[0].path, "other/package-lock.json");
  EXPECT_EQ(catalog.packages[2].name, "b");
}

// One comes with a package of the distribution, the other was copied there.
TEST(Finish, KeepsProgramsOfOneDirectoryApart) {
  Package os = package("deb", "podman", "4.3.1", "var/lib/dpkg/status");
  os.files = {"usr/bin/podman"};
  Package shipped = package("golang", "stdlib", "1.19.8", "usr/bin/podman");
  Package copied = package("golang", "stdlib", "1.19.8", "usr/bin/tool");
  shipped.origin = copied.origin = model::Origin::kBinary;
  Catalog catalog;
  catalog.packages = {copied, os, shipped};
  finish(catalog);
  name_owners(catalog.packages, {});
  ASSERT_EQ(catalog.packages.size(), 3u);
  EXPECT_EQ(catalog.packages[1].owner, os.purl());
  EXPECT_EQ(catalog.packages[2].locations[0].path, "usr/bin/tool");
  EXPECT_EQ(catalog.packages[2].owner, "");
}

TEST(FactsCodec, RefusesEveryCut) {
  FileFacts facts;
  facts.path = "a/b";
  Package p = package("deb", "x", "1:2-3", "a/b");
  p.files = {"usr/bin/one", "usr/bin/other", "usr/lib/x"};
  p.qualifiers = {{"distro", "debian-12"}};
  p.fix_claims = {{"CVE-2024-1", "1:2-2", "usr/share/doc/x/changelog.Debian.gz"}};
  p.locations.push_back({"c", 7, 3});
  p.origin = model::Origin::kSbom;
  p.relation = model::Relation::kIndirect;
  p.optional = true;
  facts.packages.push_back(p);
  facts.strings = {"one", "", "two two", std::string(9000, 'z'), std::string(9000, 'z')};
  facts.shipped = {{1, UINT64_MAX - 1}, {UINT64_MAX, 0}};
  facts.content = {4, 5, 6};
  std::string bytes;
  encode_facts(facts, bytes);
  base::ByteReader whole(base::as_bytes(bytes));
  auto again = decode_facts(whole);
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, facts);
  for (size_t size = 0; size < bytes.size(); size += size < 256 ? 1 : 97) {
    base::ByteReader cut(base::as_bytes(std::string_view(bytes).substr(0, size)));
    EXPECT_FALSE(decode_facts(cut)) << size;
  }
}

}  // namespace
}  // namespace bulkhead::catalog
