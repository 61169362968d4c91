// SPDX-License-Identifier: Apache-2.0
// Order, duplicates, ownership, and the form of facts in the layer cache.
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
  ASSERT_EQ(catalog.packages.size(), 3u);
  EXPECT_EQ(catalog.packages[1].owner, os.purl());
  EXPECT_EQ(catalog.packages[2].locations[0].path, "usr/bin/tool");
  EXPECT_EQ(catalog.packages[2].owner, "");
}

TEST(Finish, NamesTheOwnerOfALanguagePackage) {
  Catalog catalog;
  Package os = package("deb", "python3-six", "1.16.0-4", "var/lib/dpkg/status");
  os.name_space = "debian";
  os.files = {"lib/python3/dist-packages/x.py", "usr/lib/python3/dist-packages/six.egg-info",
              "usr/lib/python3/dist-packages/y.py"};
  Package owned = package("pypi", "six", "1.16.0", "usr/lib/python3/dist-packages/six.egg-info");
  Package by_files = package("pypi", "y", "1", "usr/lib/python3/dist-packages/y/RECORD");
  by_files.files = {"usr/lib/python3/dist-packages/x.py", "usr/lib/python3/dist-packages/y.py",
                    "usr/lib/python3/dist-packages/z.py"};
  Package free = package("pypi", "free", "1", "usr/local/lib/free/METADATA");
  catalog.packages = {owned, os, by_files, free};
  finish(catalog);
  ASSERT_EQ(catalog.packages.size(), 4u);
  for (const Package& p : catalog.packages) {
    bool expect = p.name == "six" || p.name == "y";
    EXPECT_EQ(p.owner, expect ? os.purl() : "") << p.name;
  }
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
  std::string bytes;
  encode_facts(facts, bytes);
  base::ByteReader whole(base::as_bytes(bytes));
  auto again = decode_facts(whole);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->packages, facts.packages);
  EXPECT_EQ(again->strings, facts.strings);
  for (size_t size = 0; size < bytes.size(); size += size < 256 ? 1 : 97) {
    base::ByteReader cut(base::as_bytes(std::string_view(bytes).substr(0, size)));
    EXPECT_FALSE(decode_facts(cut)) << size;
  }
}

}  // namespace
}  // namespace bulkhead::catalog
