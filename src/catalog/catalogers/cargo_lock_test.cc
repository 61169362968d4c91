// SPDX-License-Identifier: Apache-2.0
// What the golden fixtures do not show: relations, dependencies, checksums, inheritance.
#include <gtest/gtest.h>

#include "base/fs.h"
#include "catalog/run.h"

namespace bulkhead::catalog {
namespace {

using Tree = std::vector<std::pair<std::string, std::string>>;
using model::Package;

Catalog read_case(const std::string& name, std::initializer_list<const char*> files) {
  Tree tree;
  for (const char* file : files) {
    std::string path = std::string(BULKHEAD_ROOM_DIR) + "/catalogers/testdata/" + name + "/input/";
    auto text = base::read_file(path + file, 1 << 20);
    EXPECT_TRUE(text) << file;
    if (text) tree.emplace_back(file, *text);
  }
  base::Diagnostics diagnostics;
  Catalog catalog = read_tree(tree, TreeKind::kSource, diagnostics);
  EXPECT_TRUE(diagnostics.empty());
  return catalog;
}

std::string spell(const Catalog& catalog, model::Origin origin) {
  std::string out;
  for (const Package& package : catalog.packages) {
    if (package.origin != origin) continue;
    out += package.name + " " + package.version + " ";
    out += relation_name(package.relation);
    if (!package.requirement.empty()) out += " asks " + package.requirement;
    out += package.dev ? " dev" : "";
    out += package.optional ? " optional" : "";
    for (const std::string& id : package.depends_on) out += " ->" + id;
    out += package.digest.empty() ? "\n" : " " + package.digest.str().substr(0, 11) + "\n";
  }
  return out;
}

TEST(CargoLock, TellsDevelopmentApartByTheManifests) {
  auto files = {"Cargo.lock", "Cargo.toml", "app/Cargo.toml", "lib/Cargo.toml"};
  EXPECT_EQ(spell(read_case("cargo_lock/workspace", files), model::Origin::kLock),
            "autocfg 1.5.1 direct sha256:f203\n"
            "demo-app 0.3.0 root ->autocfg@1.5.1 ->demo-lib@0.1.0 ->fnv@1.0.7 ->hex@0.4.3 "
            "->itoa@1.0.18 ->semver@1.0.28\n"
            "demo-lib 0.1.0 root ->itoa@1.0.18\n"
            "fnv 1.0.7 direct sha256:3f9e\n"
            "hex 0.4.3 direct sha256:7f24\n"
            "itoa 1.0.18 direct sha256:8f42\n"
            "semver 1.0.28 direct dev sha256:8a78\n");
}

TEST(CargoLock, ReadsVersionOneAndSources) {
  EXPECT_EQ(spell(read_case("cargo_lock/v1", {"Cargo.lock"}), model::Origin::kLock),
            "demo 0.1.0 root ->hex@0.4.3\n"
            "hex 0.4.3 direct sha256:7f24\n"
            "itoa 0.4.8 indirect sha256:b719\n");
  EXPECT_EQ(spell(read_case("cargo_lock/sources", {"Cargo.lock"}), model::Origin::kLock),
            "demo 0.1.0 root ->hex@0.3.2 ->hex@0.4.3 ->inner@1.0.0\n"
            "hex 0.3.2 direct\n"
            "hex 0.4.3 direct\n"
            "inner 1.0.0 direct sha256:7f24\n");
}

TEST(CargoManifest, InheritsFromTheWorkspace) {
  auto files = {"Cargo.toml", "app/Cargo.toml", "lib/Cargo.toml"};
  Catalog catalog = read_case("cargo_manifest/workspace", files);
  EXPECT_EQ(spell(catalog, model::Origin::kManifest),
            "autocfg  direct asks 1.1\n"
            "demo-app 0.3.0 root\n"
            "demo-lib  direct\n"
            "demo-lib 0.1.0 root\n"
            "fnv  direct asks 1.0.7\n"
            "hex 0.4.3 direct asks =0.4.3 optional\n"
            "itoa  direct asks 1\n"
            "itoa  direct asks 1\n"
            "semver  direct asks 1 dev\n");
  EXPECT_EQ(catalog.packages[1].licences, std::vector<std::string>{"Apache-2.0 OR MIT"});
}

}  // namespace
}  // namespace bulkhead::catalog
