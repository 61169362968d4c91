// SPDX-License-Identifier: Apache-2.0
// What links lead to, over tars made here: the same view, plan and second pass as in a scan.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <set>

#include "crypto/digest.h"
#include "scan/directory.h"
#include "scan/links/read.h"
#include "scan/merge.h"
#include "tests/support/tar_writer.h"

namespace bulkhead::scan {
namespace {

using testing::TarWriter;

constexpr PathKey kLinkKey = {33, 44};
constexpr const char* kStatus = "var/lib/dpkg/status";

std::string npm(const std::string& name) { return "app/node_modules/" + name + "/package.json"; }
std::string manifest(const std::string& name) {
  return R"({"name":")" + name + R"(","version":"1.0.0"})";
}
std::string dpkg(const std::string& name) { return "Package: " + name + "\nVersion: 1\n"; }

struct Linked {
  explicit Linked(std::vector<std::string> layers) : tars(std::move(layers)) {
    for (size_t i = 0; i < tars.size(); ++i) {
      auto read = read_layer(job(i), opener(i), kLinkKey, spill);
      EXPECT_TRUE(read) << read.error().message();
      trees.push_back(std::make_unique<TreeFacts>(read ? std::move(*read) : TreeFacts()));
      views.push_back(trees.back().get());
      drop_hidden(views, kLinkKey, history);
    }
    passes = 0;
    std::vector<const TreeFacts*> seen(views.begin(), views.end());
    LinkView view(seen, kLinkKey);
    LinkPlan plan(view, catalog::TreeKind::kInstalled, diagnostics);
    LinkReader reader(view, plan, kLinkKey, spill);
    for (size_t i = tars.size(); i-- > 0;) {
      base::Status done = reader.read(static_cast<int32_t>(i), job(i), opener(i));
      EXPECT_TRUE(done) << done.error().message();
    }
    TreeFacts linked = reader.finish();
    note(linked, [&](const std::string& path) { return reader.layer_of(path); });
    for (size_t i = 0; i < trees.size(); ++i) {
      note(*trees[i], [&](const std::string&) { return static_cast<int32_t>(i); });
    }
    for (const base::Diagnostic& one : diagnostics.all()) kinds.insert(one.kind);
  }

  template <typename LayerOf>
  void note(const TreeFacts& facts, LayerOf layer_of) {
    for (const catalog::Reading& reading : facts.readings) {
      std::string path = reading.facts.path.str();
      paths.insert(path);
      for (const model::Package& package : reading.facts.packages) {
        packages.insert(package.name + "@" + std::to_string(layer_of(path)) + " " + path);
      }
    }
  }
  LayerJob job(size_t i) const {
    LayerJob out;
    out.diff_id = crypto::sha256_digest(base::as_bytes(tars[i]));
    return out;
  }
  OpenLayer opener(size_t i) {
    return [this, i]() -> base::Result<std::unique_ptr<base::Source>> {
      ++passes;
      return std::unique_ptr<base::Source>(
          std::make_unique<base::MemorySource>(base::as_bytes(tars[i])));
    };
  }

  std::vector<std::string> tars;
  Spill spill{make_spill_file(::testing::TempDir()).value_or(base::Fd())};
  std::vector<std::unique_ptr<TreeFacts>> trees;
  std::vector<TreeFacts*> views;
  catalog::History history;
  base::Diagnostics diagnostics;
  std::multiset<std::string> packages;  // name@layer path
  std::set<std::string> paths;          // of files that were read
  std::set<std::string> kinds;          // of diagnostics
  int passes = 0;                       // second ones
};

using Packages = std::multiset<std::string>;
using Kinds = std::set<std::string>;

TEST(LinkRead, NothingIsReadTwiceWithoutNeed) {
  TarWriter tar;
  tar.file("usr/lib/os-release", "ID=debian\n").symlink("etc/os-release", "../usr/lib/os-release");
  tar.file("usr/lib/apk/db/installed", "P:a\nV:1\n\n").symlink("lib", "usr/lib");
  tar.symlink("var/lib/rpm", "../../usr/lib/sysimage/rpm").symlink("lib64", "usr/lib");
  tar.symlink("bin/x", "y").symlink(npm("a"), "../b/package.json").file(npm("b"), manifest("b"));
  Linked linked({tar.finish()});
  EXPECT_EQ(linked.passes, 0);
  EXPECT_EQ(linked.packages, (Packages{"a@0 usr/lib/apk/db/installed", "b@0 " + npm("b")}));
  EXPECT_TRUE(linked.diagnostics.empty());
}

TEST(LinkRead, SymbolicLinksUnderAWantedName) {
  std::string below = TarWriter().file("store/a.json", manifest("a")).finish();
  std::string name = npm("a");
  auto above = [&](const std::string& target) {
    return TarWriter().symlink(name, target).finish();
  };
  Packages want{"a@1 " + name};
  EXPECT_EQ(Linked({below, above("../../../store/a.json")}).packages, want);
  EXPECT_EQ(Linked({below, above("/store/./a.json")}).packages, want);
  EXPECT_EQ(Linked({below, above("../../../../../store/a.json")}).packages, want);
  EXPECT_EQ(Linked({above("/store/a.json"), below}).packages, want) << "the target is the news";
  TarWriter many;
  many.symlink(name, "/x/../l/a").symlink("l", "m").symlink("m/a", "/n").symlink("n", "s/a.json");
  std::string chain = many.symlink("s", "/../store").finish();
  EXPECT_EQ(Linked({below, chain}).packages, want);
  std::string gone = TarWriter().whiteout("store/a.json").finish();
  Linked dangling({below, above("/store/a.json"), gone});
  EXPECT_TRUE(dangling.packages.empty());
  EXPECT_EQ(dangling.kinds, (Kinds{"link-not-read"}));
  EXPECT_FALSE(dangling.diagnostics.any_incomplete());
  std::string newer = TarWriter().file("store/a.json", manifest("b")).finish();
  EXPECT_EQ(Linked({below, above("/store/a.json"), newer}).packages, (Packages{"b@2 " + name}));
  std::string replaced = TarWriter().file(name, manifest("c")).finish();
  EXPECT_EQ(Linked({below, above("/store/a.json"), replaced}).packages, (Packages{"c@2 " + name}));
}

TEST(LinkRead, PackageDatabasesBehindLinks) {
  auto packages = [](const std::vector<std::string>& tars) { return Linked(tars).packages; };
  Packages want{std::string("a@1 ") + kStatus};
  std::string real = TarWriter().file("db/status", dpkg("a")).finish();
  EXPECT_EQ(packages({real, TarWriter().symlink("var/lib/dpkg", "../../db").finish()}), want);
  EXPECT_EQ(packages({real, TarWriter().symlink(kStatus, "/db/status").finish()}), want);
  std::string srv = TarWriter().file("srv/lib/dpkg/status", dpkg("a")).finish();
  EXPECT_EQ(packages({srv, TarWriter().symlink("a", "srv").symlink("var", "a").finish()}), want);
  std::string over = TarWriter().file(kStatus, dpkg("b")).finish();
  EXPECT_EQ(packages({real, TarWriter().symlink("var/lib/dpkg", "../../db").finish(), over}),
            (Packages{std::string("b@2 ") + kStatus}));
  // A directory of files, in several layers and with one removed.
  std::string first = TarWriter().dir("d").file("d/a", dpkg("a")).file("d/b", dpkg("b")).finish();
  std::string second = TarWriter().file("d/c", dpkg("c")).file("d/.wh.b", "").finish();
  std::string link = TarWriter().symlink("var/lib/dpkg/status.d", "/d").finish();
  EXPECT_EQ(packages({first, second, link}),
            (Packages{"a@2 var/lib/dpkg/status.d/a", "c@2 var/lib/dpkg/status.d/c"}));
  Linked refused({first, TarWriter().finish(), link});
  EXPECT_EQ(refused.passes, 2) << "a layer that has nothing, as one that was refused";
  // Two names that are looked for, of one file: one set of packages.
  std::string twice = TarWriter()
                          .file("opt/installed", "P:a\nV:1\n\n")
                          .symlink("lib/apk/db", "/opt")
                          .symlink("usr/lib/apk/db", "/opt")
                          .finish();
  EXPECT_EQ(packages({twice}).size(), 1u);
}

// Its names in one layer are one file, whoever reads it under which.
TEST(LinkRead, HardLinksWithinOneLayer) {
  TarWriter tar;
  tar.file("store/data", manifest("a")).hardlink("store/b", "store/data");
  tar.hardlink(npm("a"), "store/b");  // by a second name
  tar.hardlink("store/c", "store/data").symlink(npm("c"), "/store/c");
  tar.symlink("store/d", "/store/data").hardlink(npm("d"), "store/d");  // a link as the target
  EXPECT_EQ(Linked({tar.finish()}).packages,
            (Packages{"a@0 " + npm("a"), "a@0 " + npm("c"), "a@0 " + npm("d")}));
  // The readers of the target are not those of the link.
  TarWriter other;
  other.file(npm("x"), dpkg("b")).hardlink(kStatus, npm("x"));
  other.file("usr/lib/python3/x.dist-info/METADATA",
             "Metadata-Version: 2.1\nName: p\nVersion: 1\n");
  other.hardlink(npm("y"), "usr/lib/python3/x.dist-info/METADATA");
  Linked read({other.finish()});
  EXPECT_EQ(read.packages,
            (Packages{std::string("b@0 ") + kStatus, "p@0 usr/lib/python3/x.dist-info/METADATA"}));
}

TEST(LinkRead, AHardLinkToALargeFileIsRead) {
  std::string status;
  for (int i = 0; status.size() <= Spill::kMemoryBytes; ++i) {
    status += "Package: p\nVersion: " + std::to_string(i) +
              "\nDescription: " + std::string(60'000, 'x') + "\n\n";
  }
  TarWriter tar;
  tar.file("ostree/objects/aa.file", status).hardlink(kStatus, "ostree/objects/aa.file");
  Linked linked({tar.finish()});
  EXPECT_TRUE(linked.diagnostics.empty());
  EXPECT_GT(linked.packages.size(), 100u);
}

// Which files a package has, and what its documents say, stands beside the database.
TEST(LinkRead, WhatStandsBesideADatabaseBehindALink) {
  auto paths = [](const std::vector<std::string>& tars) { return Linked(tars).paths; };
  std::string real = TarWriter()
                         .file("db/status", dpkg("a"))
                         .dir("db/info")
                         .file("db/info/a.list", "/usr/bin/a\n")
                         .file("db/info/a.md5sums", std::string(32, 'a') + "  usr/bin/a\n")
                         .finish();
  std::string link = TarWriter().symlink("var/lib/dpkg", "../../db").finish();
  std::set<std::string> want = {kStatus, "var/lib/dpkg/info/a.list", "var/lib/dpkg/info/a.md5sums"};
  EXPECT_EQ(paths({real, link}), want);
  EXPECT_EQ(paths({link, real}), want);
  std::string more = TarWriter().file("db/info/b.list", "/usr/bin/b\n").finish();
  want.insert("var/lib/dpkg/info/b.list");
  EXPECT_EQ(paths({real, link, more}), want) << "each layer has some";
  std::string gone = TarWriter().whiteout("db/info/b.list").finish();
  want.erase("var/lib/dpkg/info/b.list");
  EXPECT_EQ(paths({real, link, more, gone}), want);
  std::string only = TarWriter()
                         .file(kStatus, dpkg("a"))
                         .dir("i")
                         .file("i/a.list", "/usr/bin/a\n")
                         .symlink("var/lib/dpkg/info", "/i")
                         .finish();
  EXPECT_EQ(paths({only}), (std::set<std::string>{kStatus, "var/lib/dpkg/info/a.list"}));
}

// Every database that has a reader, not only those of the large distributions.
TEST(LinkRead, LesserDatabasesBehindLinks) {
  TarWriter opkg;
  opkg.symlink("var", "data").file("data/lib/opkg/status", dpkg("a"));
  opkg.file("data/lib/opkg/info/a.list", "/bin/a\n");
  EXPECT_EQ(Linked({opkg.finish()}).paths,
            (std::set<std::string>{"var/lib/opkg/status", "var/lib/opkg/info/a.list"}));
  TarWriter manifest_only;
  manifest_only.symlink("var/lib/rpmmanifest", "/m")
      .file("m/container-manifest-2", "a\t1-1\t1\t1\tv\t(none)\t1\tx86_64\t0\ta-1-1.src.rpm\n");
  EXPECT_EQ(Linked({manifest_only.finish()}).paths,
            (std::set<std::string>{"var/lib/rpmmanifest/container-manifest-2"}));
}

// Old distributions have no os-release, so each file that tells one is asked for.
TEST(LinkRead, TheDistributionBehindALinkedDirectory) {
  auto paths = [](const std::vector<std::string>& tars) { return Linked(tars).paths; };
  std::string etc = TarWriter().symlink("etc", "system/etc").finish();
  std::string debian = TarWriter().file("system/etc/debian_version", "12.5\n").finish();
  EXPECT_EQ(paths({debian, etc}), (std::set<std::string>{"etc/debian_version"}));
  std::string centos = TarWriter()
                           .file("system/etc/centos-release", "CentOS release 6.10 (Final)\n")
                           .symlink("system/etc/redhat-release", "centos-release")
                           .finish();
  EXPECT_EQ(paths({etc, centos}), (std::set<std::string>{"etc/centos-release"})) << "once";
}

// Many tars have no entries for directories.
TEST(LinkRead, DatabasesInDirectoriesWithoutAnEntry) {
  auto paths = [](const std::vector<std::string>& tars) { return Linked(tars).paths; };
  TarWriter parts;
  parts.file("db/parts/a", dpkg("a")).symlink("var/lib/dpkg/status.d", "/db/parts");
  EXPECT_EQ(paths({parts.finish()}), (std::set<std::string>{"var/lib/dpkg/status.d/a"}));
  TarWriter pacman;
  pacman.file("usr/lib/pacman/local/a-1/desc", "%NAME%\na\n\n%VERSION%\n1-1\n\n");
  pacman.symlink("var/lib/pacman", "../../usr/lib/pacman");
  EXPECT_EQ(paths({pacman.finish()}), (std::set<std::string>{"var/lib/pacman/local/a-1/desc"}));
  TarWriter info;
  info.file("db/status", dpkg("a")).file("db/info/a.list", "/usr/bin/a\n");
  info.symlink("var/lib/dpkg", "../../db");
  EXPECT_EQ(paths({info.finish()}), (std::set<std::string>{kStatus, "var/lib/dpkg/info/a.list"}));
  TarWriter inner;  // a link in the directory
  inner.file("db/a", dpkg("a")).symlink("db/parts/a", "../a");
  inner.symlink("var/lib/dpkg/status.d", "/db/parts");
  EXPECT_EQ(paths({inner.finish()}), (std::set<std::string>{"var/lib/dpkg/status.d/a"}));
  Linked nothing({TarWriter().symlink("var/lib/dpkg/status.d", "/none").finish()});
  EXPECT_TRUE(nothing.packages.empty());
  EXPECT_TRUE(nothing.diagnostics.empty());
}

TEST(LinkRead, HardLinksToLowerLayers) {
  std::string below = TarWriter().file("store/a", manifest("a")).finish();
  std::string above = TarWriter().hardlink(npm("a"), "store/a").finish();
  Packages want{"a@1 " + npm("a")};
  EXPECT_EQ(Linked({below, above}).packages, want);
  std::string later = TarWriter().file("store/a", manifest("b")).finish();
  EXPECT_EQ(Linked({below, above, later}).packages, want) << "a link is to the file, not its name";
  std::string gone = TarWriter().whiteout("store/a").finish();
  EXPECT_EQ(Linked({below, above, gone}).packages, want);
  std::string again = TarWriter().hardlink("other", "store/a").finish();
  std::string chain = TarWriter().hardlink(npm("a"), "other").finish();
  EXPECT_EQ(Linked({below, again, chain}).packages, (Packages{"a@2 " + npm("a")}));
  std::string sym = TarWriter().symlink(npm("a"), "/other").finish();
  EXPECT_EQ(Linked({below, again, sym}).packages, (Packages{"a@2 " + npm("a")}));
  EXPECT_EQ(Linked({TarWriter().file(npm("x"), manifest("a")).finish(),
                    TarWriter().hardlink(npm("a"), npm("x")).whiteout(npm("x")).finish()})
                .packages,
            want)
      << "read by its own name, which is gone";
  Linked nowhere({above});
  EXPECT_EQ(nowhere.kinds, (Kinds{"link-not-read"}));
  EXPECT_TRUE(nowhere.diagnostics.any_incomplete());
}

TEST(LinkRead, HostileLinksEnd) {
  Linked loop({TarWriter().symlink(npm("a"), "/l/x").symlink("l", "l").finish()});
  EXPECT_EQ(loop.kinds, (Kinds{"link-not-read"}));
  TarWriter many;
  for (size_t i = 0; i <= LinkPlan::kMaxReads; ++i) {
    std::string number = std::to_string(i);
    many.file(number, "").symlink(npm(number), "/" + number);
  }
  Linked counted({many.finish()});
  EXPECT_TRUE(counted.kinds.contains("too-many-links"));
  EXPECT_TRUE(counted.diagnostics.any_incomplete());
  EXPECT_LE(counted.passes, 1);
  TarWriter hard;  // each a link to the next one, in one layer
  hard.file("blob0", manifest("a"));
  for (int i = 1; i < 20; ++i) {
    hard.hardlink("blob" + std::to_string(i), "blob" + std::to_string(i - 1));
  }
  Linked chain({hard.symlink(npm("a"), "/blob19").finish()});
  EXPECT_LE(chain.passes, LinkReader::kMaxPasses);
  EXPECT_EQ(chain.kinds, (Kinds{"link-not-read"}));
}

// Few links, very long ways.
TEST(LinkView, ItsLookupsAreBounded) {
  TarWriter tar;
  std::string way;
  for (int i = 0; i < 500; ++i) way += "a/../";
  for (int i = 0; i < 39; ++i)
    tar.symlink("l" + std::to_string(i), way + "l" + std::to_string(i + 1));
  Linked linked({tar.file("l39", "x").finish()});
  const TreeFacts* tree = linked.trees[0].get();
  EXPECT_EQ(LinkView({&tree, 1}, kLinkKey).follow("l0").to, Led::To::kFile);
  LinkView bounded({&tree, 1}, kLinkKey, 2'000'000);
  Led led = bounded.follow("l0");
  for (int i = 0; i < 3; ++i) led = bounded.follow("l0");
  EXPECT_EQ(led.to, Led::To::kTooFar);
}

// A directory gives what the image of the same tree gives.
TEST(LinkRead, DirectoriesGiveTheSame) {
  namespace fs = std::filesystem;
  fs::path root = fs::path(::testing::TempDir()) / "bulkhead-link-test";
  fs::remove_all(root);
  auto write = [&](const std::string& path, const std::string& text) {
    fs::create_directories((root / path).parent_path());
    std::ofstream(root / path) << text;
  };
  write("db/status", dpkg("a"));
  write("db/info/a.list", "/usr/bin/a\n");
  write("d/b", dpkg("b"));
  write("store/c.json", manifest("c"));
  fs::create_directories(root / "var/lib");
  fs::create_directories((root / npm("c")).parent_path());
  fs::create_symlink("/db", root / "var/lib/dpkg");
  fs::create_symlink("/d", root / "db/status.d");
  write("store/d", dpkg("d"));
  fs::create_symlink("../store/d", root / "d/d");
  fs::create_directories(root / "var/lib/pacman");
  fs::create_symlink("/none", root / "var/lib/pacman/local");
  fs::create_symlink("../../../../../../store/c.json", root / npm("c"));
  auto directory = base::open_directory(root.string());
  ASSERT_TRUE(directory);
  Spill spill{base::Fd()};
  auto facts = read_directory(*directory, DirectoryJob(), kLinkKey, spill);
  ASSERT_TRUE(facts);
  TreeFacts linked = read_linked(*directory, DirectoryJob(), *facts, kLinkKey, spill);
  std::set<std::string> names;
  std::set<std::string> paths;
  for (const catalog::Reading& reading : linked.readings) {
    paths.insert(reading.facts.path.str());
    for (const model::Package& package : reading.facts.packages) {
      names.insert(package.name + " " + reading.facts.path.str());
    }
  }
  EXPECT_EQ(names, (std::set<std::string>{"a var/lib/dpkg/status", "b var/lib/dpkg/status.d/b",
                                          "d var/lib/dpkg/status.d/d", "c " + npm("c")}));
  EXPECT_TRUE(paths.contains("var/lib/dpkg/info/a.list"));
  EXPECT_TRUE(linked.diagnostics.empty());
  fs::remove_all(root);
}

}  // namespace
}  // namespace bulkhead::scan
