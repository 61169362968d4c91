// SPDX-License-Identifier: Apache-2.0
// The layer pass, the merge and the cache, on tars made here and with the real catalogers.
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <map>
#include <memory>
#include <set>

#include "crypto/digest.h"
#include "scan/cache/cache.h"
#include "scan/directory.h"
#include "scan/layer_pass.h"
#include "scan/links/links.h"
#include "scan/merge.h"
#include "scan/testing.h"
#include "tests/support/tar_writer.h"

namespace bulkhead::scan {
namespace {

using testing::TarWriter;

constexpr PathKey kKey = {11, 22};

std::string package_json(const std::string& name, const std::string& version) {
  return R"({"name":")" + name + R"(","version":")" + version + R"("})";
}

std::string npm_path(const std::string& name) {
  return "app/node_modules/" + name + "/package.json";
}

base::Result<TreeFacts> pass(const std::string& tar, std::string diff_id = "") {
  Spill spill{base::Fd()};
  LayerJob job;
  job.diff_id = diff_id.empty() ? crypto::sha256_digest(base::as_bytes(tar)) : diff_id;
  auto open = [&]() -> base::Result<std::unique_ptr<base::Source>> {
    return std::unique_ptr<base::Source>(std::make_unique<base::MemorySource>(base::as_bytes(tar)));
  };
  return read_layer(job, open, kKey, spill);
}

TreeFacts facts_of(const std::string& tar) {
  auto facts = pass(tar);
  EXPECT_TRUE(facts) << facts.error().message();
  return facts ? std::move(*facts) : TreeFacts();
}

std::set<std::string> paths_of(const TreeFacts& facts) {
  std::set<std::string> out;
  for (const catalog::Reading& reading : facts.readings) out.insert(reading.facts.path.str());
  return out;
}

// An image of these layers, after merging.
struct Merged {
  explicit Merged(const std::vector<std::string>& tars) {
    for (const std::string& tar : tars) {
      layers.push_back(std::make_unique<TreeFacts>(facts_of(tar)));
      views.push_back(layers.back().get());
      drop_hidden(views, kKey, history);
    }
  }

  std::vector<std::unique_ptr<TreeFacts>> layers;
  std::vector<TreeFacts*> views;
  catalog::History history;
};

// name@layer of every package that is visible.
std::set<std::string> visible_packages(const std::vector<std::string>& tars) {
  Merged merged(tars);
  std::set<std::string> out;
  for (const catalog::PlacedReading& placed : visible(merged.views)) {
    for (const model::Package& package : placed.reading->facts.packages) {
      out.insert(package.name + "@" + std::to_string(placed.layer));
    }
  }
  return out;
}

TEST(LayerPass, TheLastEntryOfAPathCounts) {
  TarWriter tar;
  tar.file(npm_path("a"), package_json("a", "1.0.0"));
  tar.file(npm_path("b"), package_json("b", "1.0.0"));
  tar.file(npm_path("a"), package_json("a", "2.0.0"));
  TreeFacts facts = facts_of(tar.finish());
  ASSERT_EQ(facts.readings.size(), 2u);
  EXPECT_EQ(facts.readings[0].facts.packages.at(0).version, "2.0.0");
}

TEST(FactCollector, HoldsABoundedListOfWhiteouts) {
  Spill spill{base::Fd()};
  FactCollector facts(catalog::TreeKind::kInstalled, kKey, spill);
  for (int i = 0; i < 5000; ++i) facts.whiteout(std::to_string(i) + std::string(4000, 'x'));
  TreeFacts out = facts.finish();
  EXPECT_LT(out.whiteouts.size(), 5000u);
  EXPECT_TRUE(out.diagnostics.any_incomplete());
}

TEST(LayerPass, SomethingElseInPlaceOfADirectoryHidesWhatWasThere) {
  TarWriter tar;
  tar.file(npm_path("a"), package_json("a", "1.0.0"));
  tar.file("app0/node_modules/b/package.json", package_json("b", "1.0.0"));
  tar.symlink("app", "elsewhere");
  EXPECT_EQ(paths_of(facts_of(tar.finish())),
            (std::set<std::string>{"app0/node_modules/b/package.json"}));
}

TEST(LayerPass, HardLinksGiveTheFactsASecondName) {
  TarWriter known;
  known.file(npm_path("a"), package_json("a", "1.0.0"));
  known.hardlink(npm_path("b"), npm_path("a"));
  EXPECT_EQ(paths_of(facts_of(known.finish())),
            (std::set<std::string>{npm_path("a"), npm_path("b")}));
  TarWriter stored;  // a store whose names nobody wants: read again
  stored.file("store/00/11", package_json("a", "1.0.0"));
  stored.hardlink(npm_path("a"), "store/00/11");
  EXPECT_EQ(paths_of(facts_of(stored.finish())), (std::set<std::string>{npm_path("a")}));
  TarWriter dangling;
  dangling.hardlink(npm_path("a"), "not/there");
  dangling.hardlink(npm_path("b"), "../../out");
  EXPECT_TRUE(paths_of(facts_of(dangling.finish())).empty());
}

// path=mode@layer of every file with the setuid or setgid bit.
std::string privileged_files(const std::vector<std::string>& tars) {
  Merged merged(tars);
  std::string out;
  for (size_t layer = 0; layer < merged.views.size(); ++layer) {
    for (const auto& [path, mode] : merged.views[layer]->privileged) {
      out += path + "=" + std::to_string(mode) + "@" + std::to_string(layer) + " ";
    }
  }
  return out;
}

TEST(LayerPass, KeepsFilesThatRunWithTheRightsOfOthers) {
  TarWriter base;
  base.dir("sbin", 02755).file("bin/su", "x", 04755).file("bin/wall", "x", 02755);
  base.file("bin/ls", "x", 0755).file("bin/at", "x", 06755).file("bin/gone", "x", 04755);
  base.file("bin/gone", "x", 0755).hardlink("bin/su2", "bin/su").file("old/a", "x", 04755);
  base.symlink("old", "bin");
  std::string below = base.finish();
  EXPECT_EQ(privileged_files({below}),
            "bin/at=3565@0 bin/su=2541@0 bin/su2=2541@0 bin/wall=1517@0 ");
  std::string above =
      TarWriter().file("bin/su", "x", 0755).whiteout("bin/at").file("new", "x", 04711).finish();
  EXPECT_EQ(privileged_files({below, above}), "bin/su2=2541@0 bin/wall=1517@0 new=2505@1 ");
  EXPECT_EQ(privileged_files({below, TarWriter().opaque("bin").finish()}), "");
}

TEST(FactCollector, HoldsABoundedListOfSetuidFiles) {
  Spill spill{base::Fd()};
  FactCollector facts(catalog::TreeKind::kInstalled, kKey, spill);
  base::MemorySource nothing{base::ByteView()};
  for (int i = 0; i < 10'050; ++i) {
    std::string path = std::to_string(i);
    ASSERT_TRUE(facts.file({path, path, 0, 04755}, nothing));
  }
  TreeFacts out = facts.finish();
  EXPECT_EQ(out.privileged.size(), FactCollector::kMaxPrivileged);
  EXPECT_TRUE(out.diagnostics.any_incomplete());
}

TEST(LayerPass, ADigestThatDoesNotMatchIsAnError) {
  std::string tar = TarWriter().file("a", "b").finish();
  std::string wrong = "sha256:" + std::string(64, 'a');
  auto facts = pass(tar, wrong);
  ASSERT_FALSE(facts);
  EXPECT_EQ(facts.error().code(), base::Code::kCorrupt);
  EXPECT_NE(facts.error().message().find(wrong), std::string::npos) << facts.error().message();
}

// The log of changes to a database counts in whatever order the two come.
TEST(LayerPass, LogsAreReadWithTheirDatabase) {
  const std::string folder =
      std::string(BULKHEAD_ROOM_DIR) + "/../catalog/catalogers/testdata/rpm/sqlite-wal/input";
  auto fixture = [&](const std::string& name) {
    auto text = base::read_file(folder + "/" + name, 1 << 20);
    EXPECT_TRUE(text) << name;
    return text ? *text : "";
  };
  const std::string path = "var/lib/rpm/rpmdb.sqlite";
  const std::string database = fixture(path);
  const std::string log = fixture(path + "-wal");
  auto names = [](const TreeFacts& facts) {
    std::string out;
    for (const catalog::Reading& reading : facts.readings) {
      for (const model::Package& package : reading.facts.packages) out += package.name + " ";
    }
    return out;
  };
  TreeFacts before = facts_of(TarWriter().file(path, database).file(path + "-wal", log).finish());
  EXPECT_EQ(names(before), "gamma beta ");
  EXPECT_TRUE(before.file_diagnostics.empty());
  TreeFacts after = facts_of(TarWriter().file(path + "-wal", log).file(path, database).finish());
  EXPECT_EQ(names(after), "gamma beta ");
  EXPECT_TRUE(after.file_diagnostics.empty());
  EXPECT_EQ(names(facts_of(TarWriter().file(path + "-wal", "").file(path, database).finish())),
            "python3-alpha ");
  // Replaced in the same layer: what the second look sees must not come back.
  TreeFacts gone = facts_of(TarWriter()
                                .file(path, database)
                                .file(path + "-wal", log)
                                .symlink(path, "elsewhere")
                                .finish());
  EXPECT_EQ(names(gone), "");
  TreeFacts alone = facts_of(TarWriter().file(path + "-wal", log).finish());
  ASSERT_EQ(alone.file_diagnostics.size(), 1u);
  EXPECT_TRUE(alone.file_diagnostics.at(path + "-wal").any_incomplete());

  Spill spill{base::Fd()};
  auto directory = base::open_directory(folder);
  ASSERT_TRUE(directory);
  auto tree = read_directory(*directory, DirectoryJob(), kKey, spill);
  ASSERT_TRUE(tree);
  EXPECT_EQ(names(*tree), "gamma beta ");
}

// A registry that answers differently when it is asked again must not get in by a hard link.
TEST(LayerPass, TheSecondLookAtHardLinksIsVerifiedToo) {
  auto tar_of = [](const std::string& name) {
    return TarWriter()
        .file("store/blob", package_json(name, "1.0.0"))
        .hardlink(npm_path("left-pad"), "store/blob")
        .finish();
  };
  std::string first = tar_of("left-pad");
  std::string second = tar_of("innocent");
  Spill spill{base::Fd()};
  LayerJob job;
  job.digest = crypto::sha256_digest(base::as_bytes(first));
  bool again = false;
  auto open = [&]() -> base::Result<std::unique_ptr<base::Source>> {
    const std::string& tar = again ? second : first;
    again = true;
    return std::unique_ptr<base::Source>(std::make_unique<base::MemorySource>(base::as_bytes(tar)));
  };
  auto facts = read_layer(job, open, kKey, spill);
  ASSERT_FALSE(facts);
  EXPECT_EQ(facts.error().code(), base::Code::kCorrupt);
  EXPECT_NE(facts.error().message().find("expected " + job.digest), std::string::npos);
}

// Only with all layers is it known whether one has the file.
TEST(LayerPass, HardLinksToFilesOfLowerLayersAreKept) {
  TarWriter tar;
  tar.hardlink(npm_path("a"), "gone").hardlink(npm_path("b"), npm_path("gone"));
  tar.hardlink(npm_path("c"), "gone").file(npm_path("c"), package_json("c", "1"));
  tar.file(npm_path("d"), "[]").hardlink(npm_path("e"), npm_path("d")).hardlink("f", "gone");
  TreeFacts facts = facts_of(tar.finish());
  EXPECT_EQ(facts.hard_links,
            (LinkMap{{npm_path("a"), "gone"}, {npm_path("b"), npm_path("gone")}}));
}

TEST(FactCollector, HoldsABoundedListOfLinks) {
  Spill spill{base::Fd()};
  FactCollector facts(catalog::TreeKind::kInstalled, kKey, spill);
  const std::string target(4000, 'x');
  for (int i = 0; i < 9000; ++i) facts.symlink(std::to_string(i), target);
  facts.other("0");
  TreeFacts out = facts.finish();
  EXPECT_LE(out.bytes_beside(), FactCollector::kMaxLinkBytes);
  EXPECT_FALSE(out.links.contains("0"));
  EXPECT_TRUE(out.links.contains("1"));
  EXPECT_TRUE(out.diagnostics.any_incomplete());
}

TEST(Merge, UpperLayersHide) {
  std::string lower = TarWriter()
                          .file(npm_path("a"), package_json("a", "1.0.0"))
                          .file(npm_path("b"), package_json("b", "1.0.0"))
                          .file("srv/node_modules/c/package.json", package_json("c", "1.0.0"))
                          .finish();
  struct Case {
    const char* what;
    std::string upper;
    std::set<std::string> want;
  };
  std::vector<Case> cases;
  cases.push_back({"nothing", TarWriter().file("x", "").finish(), {"a@0", "b@0", "c@0"}});
  cases.push_back({"a newer file",
                   TarWriter().file(npm_path("a"), package_json("a", "2.0.0")).finish(),
                   {"a@1", "b@0", "c@0"}});
  cases.push_back(
      {"a whiteout", TarWriter().file("app/node_modules/.wh.a", "").finish(), {"b@0", "c@0"}});
  cases.push_back(
      {"a whiteout of a directory above", TarWriter().file(".wh.app", "").finish(), {"c@0"}});
  cases.push_back(
      {"an opaque directory", TarWriter().file("app/.wh..wh..opq", "").finish(), {"c@0"}});
  cases.push_back({"an opaque root", TarWriter().file(".wh..wh..opq", "").finish(), {}});
  cases.push_back({"an opaque directory with new content",
                   TarWriter()
                       .file("app/.wh..wh..opq", "")
                       .file(npm_path("d"), package_json("d", "1.0.0"))
                       .finish(),
                   {"d@1", "c@0"}});
  cases.push_back(
      {"a file in place of a directory", TarWriter().file("app", "x").finish(), {"c@0"}});
  cases.push_back({"a directory again",
                   TarWriter().dir("app").dir("app/node_modules").finish(),
                   {"a@0", "b@0", "c@0"}});
  cases.push_back({"a directory in place of the file",
                   TarWriter().dir(npm_path("a")).finish(),
                   {"b@0", "c@0"}});
  cases.push_back({"a name that only begins alike",
                   TarWriter().file(".wh.ap", "").finish(),
                   {"a@0", "b@0", "c@0"}});
  cases.push_back(
      {"aufs' own files", TarWriter().file(".wh..wh.plnk/x", "").finish(), {"a@0", "b@0", "c@0"}});
  for (const Case& c : cases) {
    EXPECT_EQ(visible_packages({lower, c.upper}), c.want) << c.what;
  }
}

// What an upper layer writes through a link of a lower one.
// Asked one after the other or each alone, in whatever order: the answer is the same.
TEST(Merge, HidingManyPathsIsHidingEach) {
  TreeFacts upper = facts_of(TarWriter()
                                 .file("a/b", "x")
                                 .dir("a/c")
                                 .whiteout("b/a/c")
                                 .file("c/.wh..wh..opq", "")
                                 .file("d", "x")
                                 .finish());
  std::vector<std::string> paths;
  for (const char* one : {"a", "b", "c", "d", "ab"}) {
    for (const char* two : {"", "/a", "/b", "/bc"}) {
      for (const char* three : {"", "/c", "/c/d", "/cc/d/a/b/c"}) {
        paths.push_back(std::string(one) + two + three);
      }
    }
  }
  size_t hidden = 0;
  for (bool sorted : {false, true}) {
    if (sorted) std::sort(paths.begin(), paths.end());
    Hiding hiding(upper, kKey);
    for (const std::string& path : paths) {
      EXPECT_EQ(hiding.hides(path), hides(upper, kKey, path)) << path;
      hidden += hides(upper, kKey, path);
    }
  }
  EXPECT_GT(hidden, 0u);
  EXPECT_LT(hidden, 2 * paths.size());
  TreeFacts all = facts_of(TarWriter().file(".wh..wh..opq", "").finish());
  EXPECT_TRUE(Hiding(all, kKey).hides("a/b"));
  EXPECT_TRUE(hides(all, kKey, "a"));
}

// Each of 8 million directories above them hashed from its start would be minutes.
TEST(Merge, DeepPathsTakeNoLongerThanTheirLength) {
  std::string deep;
  for (int i = 0; i < 2000; ++i) deep += "d/";
  TreeFacts lower;
  for (int i = 0; i < 2000; ++i) lower.links[deep + "l" + std::to_string(i)] = "x";
  TreeFacts upper = facts_of(TarWriter().file("y", "").file(deep + "l7", "").finish());
  catalog::History history;
  std::array<TreeFacts*, 2> layers = {&lower, &upper};
  auto start = std::chrono::steady_clock::now();
  drop_hidden(layers, kKey, history);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
  EXPECT_EQ(lower.links.size(), 1999u);
}

TEST(Merge, UpperLayersHideThroughLinks) {
  const std::string real = "usr/lib/apk/db/installed";
  auto installed = [](const std::string& name) { return "P:" + name + "\nV:1\n\n"; };
  auto lower = [&](const std::string& target) {
    return TarWriter().file(real, installed("a")).symlink("lib", target).finish();
  };
  const std::string through = TarWriter().file("lib/apk/db/installed", installed("b")).finish();
  using Seen = std::set<std::string>;
  EXPECT_EQ(visible_packages({lower("usr/lib"), through}), (Seen{"b@1"}));
  EXPECT_EQ(visible_packages({lower("/usr/./x/../lib/"), through}), (Seen{"b@1"}));
  EXPECT_EQ(visible_packages({lower("../../usr/lib"), through}), (Seen{"b@1"})) << "stays inside";
  EXPECT_EQ(visible_packages({lower("usr/lib"), TarWriter().file("x", "").finish(), through}),
            (Seen{"b@2"}));
  EXPECT_EQ(visible_packages({lower("usr/lib"), TarWriter().file("lib/apk/.wh.db", "").finish()}),
            (Seen{}));
  EXPECT_EQ(visible_packages({lower("usr/lib"), TarWriter().dir("lib").finish(), through}),
            (Seen{"a@0", "b@2"}))
      << "the link is gone";
  EXPECT_EQ(visible_packages({lower("opt"), through}), (Seen{"a@0", "b@1"})) << "leads elsewhere";
  std::string twice =
      TarWriter().file(real, installed("a")).symlink("y", "usr/lib").symlink("lib", "y").finish();
  EXPECT_EQ(visible_packages({twice, through}), (Seen{"a@0", "b@1"})) << "not resolved";
  std::string loop = TarWriter().file(real, installed("a")).symlink("lib", "lib").finish();
  EXPECT_EQ(visible_packages({loop, through}), (Seen{"a@0", "b@1"}));
}

// What is wrong with a file counts as long as the file is there.
TEST(Merge, UpperLayersHideWhatIsReportedAboutFiles) {
  const std::string status = "var/lib/dpkg/status";
  auto reported = [](const std::vector<std::string>& tars) {
    Merged merged(tars);
    std::set<std::string> out;
    for (const TreeFacts* layer : merged.views) {
      for (const auto& [path, diagnostics] : layer->file_diagnostics) {
        if (diagnostics.any_incomplete()) out.insert(path);
      }
    }
    return out;
  };
  std::string broken = TarWriter().file(status, "not a database\n").finish();
  std::string good = TarWriter().file(status, "Package: a\nVersion: 1\n").finish();
  std::string gone = TarWriter().file("var/lib/.wh.dpkg", "").finish();
  EXPECT_EQ(reported({broken}), (std::set<std::string>{status}));
  EXPECT_EQ(reported({broken, good}), (std::set<std::string>{}));
  EXPECT_EQ(reported({broken, gone}), (std::set<std::string>{}));
  EXPECT_EQ(reported({good, broken}), (std::set<std::string>{status}));
  TarWriter twice;
  twice.file(status, "not a database\n").file(status, "Package: a\nVersion: 1\n");
  EXPECT_EQ(reported({twice.finish()}), (std::set<std::string>{}));
}

// The layer of a package is the lowest one from which on every version of the database has it.
TEST(Merge, RemembersWhichLayerBroughtAPackage) {
  auto status = [](std::initializer_list<const char*> names) {
    std::string text;
    for (const char* name : names) {
      text += "Package: " + std::string(name) + "\nVersion: 1\n\n";
    }
    return TarWriter().file("var/lib/dpkg/status", text).finish();
  };
  Merged merged({status({"a", "b"}), TarWriter().file("x", "").finish(), status({"a", "c"}),
                 status({"a", "b", "c", "d"})});
  base::Diagnostics diagnostics;
  catalog::Catalog catalog = catalog::join(visible(merged.views), merged.history, diagnostics);
  std::string layers;
  for (const model::Package& package : catalog.packages) {
    layers += package.name + "@" + std::to_string(package.locations.at(0).layer) + " ";
  }
  EXPECT_EQ(layers, "a@0 b@3 c@2 d@3 ");
}

TEST(Cache, GivesBackWhatItWasGiven) {
  TarWriter tar;
  tar.file(npm_path("a"), package_json("a", "1.0.0"))
      .file("x/.wh.y", "")
      .file("z/.wh..wh..opq", "");
  tar.file(npm_path("bad"), "{").file("bin/su", "", 04755);
  tar.symlink("lib", "usr/lib").hardlink(npm_path("below"), "store");
  TreeFacts facts = facts_of(tar.finish());
  MemoryStore store;
  std::string diff_id = crypto::sha256_digest(base::as_bytes("layer"));
  LayerCache cache(&store, catalog::TreeKind::kInstalled);
  EXPECT_FALSE(cache.find(diff_id));
  cache.keep(diff_id, facts);

  LayerCache again(&store, catalog::TreeKind::kInstalled);
  EXPECT_EQ(again.key(), cache.key());
  auto found = again.find(diff_id);
  ASSERT_TRUE(found);
  std::string before;
  std::string after;
  encode_tree(facts, before);
  encode_tree(found->facts, after);
  EXPECT_EQ(before, after);
  EXPECT_EQ(found->facts.whiteouts, (std::vector<std::string>{"x/y"}));
  EXPECT_EQ(found->facts.opaque, (std::vector<std::string>{"z"}));
  EXPECT_EQ(found->facts.links, (LinkMap{{"lib", "usr/lib"}}));
  EXPECT_EQ(found->facts.hard_links, (LinkMap{{npm_path("below"), "store"}}));
  ASSERT_EQ(found->facts.file_diagnostics.size(), 1u);
  EXPECT_EQ(found->facts.file_diagnostics.at(npm_path("bad")).all(),
            facts.file_diagnostics.at(npm_path("bad")).all());
  EXPECT_EQ(found->facts.index.find(hash_path(kKey, npm_path("a"))), PathIndex::Has::kOther);
  // Facts of a source tree are other facts.
  EXPECT_FALSE(LayerCache(&store, catalog::TreeKind::kSource).find(diff_id));
}

TEST(Cache, DamagedEntriesCountAsAbsent) {
  MemoryStore store;
  LayerCache cache(&store, catalog::TreeKind::kInstalled);
  std::string diff_id = crypto::sha256_digest(base::as_bytes("layer"));
  cache.keep(diff_id, facts_of(TarWriter().file(npm_path("a"), package_json("a", "1")).finish()));
  std::string name;
  for (const auto& [key, value] : store.entries) {
    if (key.starts_with("facts-")) name = key;
  }
  std::string good = store.entries[name];
  for (size_t at = 0; at < good.size(); at += 7) {
    store.entries[name] = good;
    store.entries[name][at] = static_cast<char>(good[at] ^ 0x20);
    EXPECT_FALSE(cache.find(diff_id)) << at;
    store.entries[name] = good.substr(0, at);
    EXPECT_FALSE(cache.find(diff_id)) << at;
  }
  store.entries[name] = good;
  EXPECT_TRUE(cache.find(diff_id));
}

// A config that names a harmless layer's diff-id beside another blob must not be believed.
TEST(Cache, RemembersWhichBlobHoldsWhichLayer) {
  MemoryStore store;
  LayerCache cache(&store, catalog::TreeKind::kInstalled);
  auto digest = [](char c) { return "sha256:" + std::string(64, c); };
  cache.set_verified(digest('b'), digest('d'), oci::FileIdentity());
  EXPECT_TRUE(cache.verified(digest('b'), digest('d')));
  EXPECT_FALSE(cache.verified(digest('c'), digest('d')));
  EXPECT_FALSE(cache.verified(digest('b'), digest('e')));
}

TEST(Cache, RemembersWhichFilesWereVerified) {
  MemoryStore store;
  LayerCache cache(&store, catalog::TreeKind::kInstalled);
  std::string digest = crypto::sha256_digest(base::as_bytes("blob"));
  std::string diff_id = crypto::sha256_digest(base::as_bytes("tar"));
  oci::FileIdentity file{1, 2, 3, 4, 5, 6};
  EXPECT_FALSE(cache.verified(digest, diff_id, file));
  cache.set_verified(digest, diff_id, file);
  EXPECT_TRUE(cache.verified(digest, diff_id, file));
  oci::FileIdentity touched = file;
  touched.ctime_ns = 99;
  EXPECT_FALSE(cache.verified(digest, diff_id, touched));
  EXPECT_FALSE(cache.verified(digest, digest, file));  // another diff-id for the same blob
  for (uint64_t inode = 10; inode < 30; ++inode) {
    cache.set_verified(digest, diff_id, {1, inode, 3, 4, 5, 6});
  }
  EXPECT_FALSE(cache.verified(digest, diff_id, file));  // only the last few are kept
  EXPECT_TRUE(cache.verified(digest, diff_id, {1, 29, 3, 4, 5, 6}));
}

}  // namespace
}  // namespace bulkhead::scan
