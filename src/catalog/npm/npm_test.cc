// SPDX-License-Identifier: Apache-2.0
// What the golden tests of the npm catalogers do not show: names and versions, and of lock files
// the relations, edges, lines and digests.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "base/fs.h"
#include "base/text.h"
#include "catalog/json_lines.h"
#include "catalog/npm/names.h"
#include "catalog/run.h"

namespace bulkhead::catalog::npm {
namespace {

TEST(NpmNames, AreValidAsTheRegistryHasThem) {
  for (const char* name : {"lodash", "@babel/core", "@types/node", "JSONStream", "a.b-c_d", "0",
                           "socket.io", "@0x/x", "-", "from'age", "crypto"}) {
    EXPECT_TRUE(valid_name(name)) << name;
  }
  for (const char* name : {"", ".bin", "_x", "a b", "a/b", "@scope", "@scope/", "@/x", "@a/b/c",
                           "@../x", "@a/.b", "node_modules", "../x", "a\\b", "a%2fb", "{{name}}",
                           "\xc3\xa4"}) {
    EXPECT_FALSE(valid_name(name)) << name;
  }
  EXPECT_FALSE(valid_name(std::string(256, 'a')));
}

TEST(NpmNames, VersionsAreSemantic) {
  struct Case {
    const char* written;
    const char* clean;
  };
  for (const Case& c : std::initializer_list<Case>{{"1.2.3", "1.2.3"},
                                                   {" v1.2.3 ", "1.2.3"},
                                                   {"= 1.2.3", "1.2.3"},
                                                   {"1.2.3-rc.1+b.01", "1.2.3-rc.1+b.01"},
                                                   {"0.0.0-0", "0.0.0-0"},
                                                   {"1.0.0--", "1.0.0--"}}) {
    EXPECT_EQ(clean_version(c.written).value_or("none"), c.clean);
  }
  for (const char* written : {"", "1", "1.2", "1.2.3.4", "01.2.3", "1.2.3-", "1.2.3-01", "1.2.3+",
                              "^1.2.3", "1.x", "latest", "1.2.3-a..b", "%VERSION%"}) {
    EXPECT_FALSE(clean_version(written)) << written;
  }
}

TEST(NpmNames, SourcesAreTold) {
  struct Case {
    const char* specifier;
    SourceKind kind;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"", SourceKind::kRegistry},
           {"^1.0.0", SourceKind::kRegistry},
           {"https://registry.npmjs.org/a/-/a-1.0.0.tgz", SourceKind::kRegistry},
           {"https://npm.example.org/x/@s/a/-/a-1.0.0.tgz#0a1b", SourceKind::kRegistry},
           {"https://example.org/a-1.0.0.tgz", SourceKind::kTarball},
           {"https://codeload.github.com/a/b/tar.gz/0a1b", SourceKind::kTarball},
           {"file:../a-1.0.0.tgz", SourceKind::kTarball},
           {"file:../a", SourceKind::kLocal},
           {"../a", SourceKind::kLocal},
           {"vendor/a-1.0.0.tgz", SourceKind::kTarball},
           {"link:../a", SourceKind::kLocal},
           {"workspace:^", SourceKind::kLocal},
           {"git+ssh://git@github.com/a/b.git#0a1b", SourceKind::kGit},
           {"https://github.com/a/b.git", SourceKind::kGit},
           {"github:a/b", SourceKind::kGit}}) {
    EXPECT_EQ(source_kind(c.specifier), c.kind) << c.specifier;
  }
  model::Package package = make_package("@s/a", "1.0.0");
  set_source(package, SourceKind::kGit, "github:a/b#v1");
  EXPECT_EQ(package.qualifiers["vcs_url"], "git+https://github.com/a/b.git@v1");
  set_source(package, SourceKind::kGit, "https://example.org/b.git#commit=0a1b");
  EXPECT_EQ(package.qualifiers["vcs_url"], "git+https://example.org/b.git@0a1b");
  EXPECT_EQ(display_id(package), "@s/a@1.0.0");

  EXPECT_EQ(version_of_archive("https://x/@s/a/-/a-1.0.0-rc.1.tgz#1", "@s/a"), "1.0.0-rc.1");
  EXPECT_EQ(version_of_archive("file:a-1.0.0.tgz", "a"), "1.0.0");
  EXPECT_EQ(version_of_archive("https://x/b-1.0.0.tgz", "a"), "");
  EXPECT_EQ(version_of_archive("https://x/a-1.0.tgz", "a"), "");
  EXPECT_EQ(split_alias("npm:@s/a@^1")->first, "@s/a");
  EXPECT_FALSE(split_alias("npm:^1"));
  EXPECT_FALSE(split_alias("npm:~1.2.3"));
}

TEST(NpmNames, IntegrityGivesTheStrongestDigest) {
  EXPECT_EQ(digest_of_integrity("sha1-L3sXXS4E3SxaX8VbzLmCzV8vQ2g="),
            "sha1:2f7b175d2e04dd2c5a5fc55bccb982cd5f2f4368");
  EXPECT_EQ(digest_of_integrity("sha1-L3sXXS4E3SxaX8VbzLmCzV8vQ2g= "
                                "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=?opt"),
            "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(digest_of_integrity("sha512-AAAA"), "");
  EXPECT_EQ(digest_of_integrity("md5-AAAA nonsense"), "");
}

TEST(NpmLines, AreFoundInOrder) {
  LineFinder lines("{\n  \"a\": 1,\n  \"b\": {\n    \"a\": {\n    }\n  }\n}");
  EXPECT_EQ(lines.find("a", true), 4u);
  EXPECT_EQ(lines.find("a", true), 0u);
  EXPECT_EQ(lines.find("b"), 0u);
  LineFinder other("{\n  \"a\": 1,\r\n  \"ab\": 2\n}");
  EXPECT_EQ(other.find("a"), 2u);
  EXPECT_EQ(other.find("ab"), 3u);
}

// The source tree of a fixture, or of a fixture's file alone.
Catalog fixture(const std::string& name, bool alone) {
  namespace fs = std::filesystem;
  fs::path root = std::string(BULKHEAD_ROOM_DIR) + "/catalogers/testdata/" + name + "/input";
  std::vector<std::pair<std::string, std::string>> tree;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (!entry.is_regular_file()) continue;
    if (alone && entry.path().filename() == "package.json") continue;
    auto text = base::read_file(entry.path(), 1 << 20);
    EXPECT_TRUE(text);
    if (text) tree.emplace_back(fs::relative(entry.path(), root), *std::move(text));
  }
  std::sort(tree.begin(), tree.end());
  base::Diagnostics diagnostics;
  return read_tree(tree, TreeKind::kSource, diagnostics);
}

// "direct dev optional :12 -> a@1.0.0 b@2.0.0" of every locked package.
std::map<std::string, std::string> lines_of(const Catalog& catalog) {
  std::map<std::string, std::string> out;
  for (const model::Package& package : catalog.packages) {
    if (package.origin != model::Origin::kLock) continue;
    std::string text(model::relation_name(package.relation));
    if (package.dev) text += " dev";
    if (package.optional) text += " optional";
    text += " :" + std::to_string(package.locations.at(0).line);
    if (!package.depends_on.empty()) text += " -> " + base::join(package.depends_on, " ");
    out[display_id(package)] = text;
  }
  return out;
}

TEST(NpmLocks, KnowRelationsEdgesAndLines) {
  struct Case {
    const char* fixture;
    const char* package;
    const char* shown;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"npm_lock/v1", "debug@4.4.3", "direct :38 -> ms@2.1.3"},
           {"npm_lock/v1", "debug@2.6.9", "indirect :145 -> ms@2.0.0"},
           {"npm_lock/v1", "chalk@2.4.2",
            "direct dev :15 -> ansi-styles@3.2.1 escape-string-regexp@1.0.5 supports-color@5.5.0"},
           {"npm_lock/v1", "ms@0.7.1", "direct :111"},
           {"npm_lock/v2", "debug@4.4.3", "direct :63 -> ms@2.1.3"},
           {"npm_lock/v2", "debug@2.6.9", "indirect :239 -> ms@2.0.0"},
           {"npm_lock/v3-workspace", "debug@4.4.3", "direct :41 -> ms@2.1.3"},
           {"npm_lock/v3-workspace", "debug@2.6.9", "direct :96 -> ms@2.0.0"},
           {"npm_lock/v3-workspace", "has-flag@3.0.0", "direct dev :69"},
           {"npm_lock/v3-workspace", "fsevents@2.3.3", "direct optional :57"},
           {"yarn_lock/classic", "debug@2.6.9", "direct :38 -> ms@2.0.0"},
           {"yarn_lock/classic", "ms@2.0.0", "direct :72"},
           {"yarn_lock/classic", "has-flag@3.0.0", "indirect dev :62"},
           {"yarn_lock/berry", "debug@2.6.9", "direct :82 -> ms@2.0.0"},
           {"yarn_lock/berry", "chalk@2.4.2",
            "direct dev :48 -> ansi-styles@3.2.1 escape-string-regexp@1.0.5 supports-color@5.5.0"},
           {"pnpm_lock/pnpm7", "react-redux@7.2.9",
            "direct dev :186 -> @babel/runtime@7.29.14 @types/react-redux@7.1.35 "
            "hoist-non-react-statics@3.3.2 loose-envify@1.4.0 prop-types@15.8.1 "
            "react-is@17.0.2 react@17.0.2"},
           {"pnpm_lock/pnpm8", "debug@2.6.9", "direct :110 -> ms@2.0.0"},
           {"pnpm_lock/pnpm9", "ms@2.0.0", "direct :125"},
           {"pnpm_lock/pnpm9", "fsevents@2.3.3", "direct optional :103"},
           {"bun_lock/workspace", "debug@2.6.9", "direct :57 -> ms@2.0.0"},
           {"bun_lock/workspace", "has-flag@3.0.0", "indirect dev :47"},
       }) {
    auto lines = lines_of(fixture(c.fixture, false));
    EXPECT_EQ(lines[c.package], c.shown) << c.fixture << " " << c.package;
  }
  // Without the projects beside them these two formats cannot know.
  EXPECT_EQ(lines_of(fixture("npm_lock/v1", true))["debug@4.4.3"], "unknown :38 -> ms@2.1.3");
  EXPECT_EQ(lines_of(fixture("yarn_lock/classic", true))["chalk@2.4.2"].substr(0, 7), "unknown");
  EXPECT_EQ(lines_of(fixture("yarn_lock/berry", true))["chalk@2.4.2"].substr(0, 6), "direct");
}

}  // namespace
}  // namespace bulkhead::catalog::npm
