// SPDX-License-Identifier: Apache-2.0
// The files that packages of a distribution own, which the fixtures' want.json does not list, and
// pieces of a database that lie in different layers.
#include <gtest/gtest.h>

#include "base/text.h"
#include "catalog/run.h"

namespace bulkhead::catalog {
namespace {

using Tree = std::vector<std::pair<std::string, std::string>>;

const model::Package* find_package(const Catalog& catalog, std::string_view name) {
  for (const model::Package& package : catalog.packages) {
    if (package.name == name) return &package;
  }
  return nullptr;
}

std::vector<std::string> files_of(const Tree& tree, std::string_view name) {
  base::Diagnostics diagnostics;
  Catalog catalog = read_tree(tree, TreeKind::kInstalled, diagnostics);
  const model::Package* package = find_package(catalog, name);
  return package == nullptr ? std::vector<std::string>{"no such package"} : package->files.paths();
}

TEST(OsPackages, OwnFiles) {
  using Paths = std::vector<std::string>;
  EXPECT_EQ(files_of({{"var/lib/dpkg/status", "Package: a\nVersion: 1\nArchitecture: amd64\n"},
                      {"var/lib/dpkg/info/a:amd64.list", "/.\n/usr\n/usr/b\n/usr/a\n"}},
                     "a"),
            (Paths{"usr/a", "usr/b"}));
  EXPECT_EQ(files_of({{"var/lib/dpkg/status.d/a", "Package: a\nVersion: 1\n"},
                      {"var/lib/dpkg/status.d/a.md5sums",
                       "d41d8cd98f00b204e9800998ecf8427e  usr/a\nshort\n"}},
                     "a"),
            (Paths{"usr/a"}));
  EXPECT_EQ(files_of({{"lib/apk/db/installed", "P:a\nV:1\nF:\nR:x\nF:usr/bin\nR:c\nR:b\n\n"}}, "a"),
            (Paths{"usr/bin/b", "usr/bin/c", "x"}));
  EXPECT_EQ(files_of({{"var/lib/pacman/local/a-1-1/desc", "%NAME%\na\n\n%VERSION%\n1-1\n"},
                      {"var/lib/pacman/local/a-1-1/files", "%FILES%\nusr/\nusr/a\n"}},
                     "a"),
            (Paths{"usr/a"}));
  EXPECT_EQ(files_of({{"usr/lib/opkg/status", "Package: a\nVersion: 1\n"},
                      {"usr/lib/opkg/info/a.list", "/bin/a\t755\n"}},
                     "a"),
            (Paths{"bin/a"}));
}

// The database in an upper layer, the lists in a lower one: as after "apt-get install" in a
// Dockerfile.
TEST(OsPackages, ComeTogetherFromSeveralLayers) {
  base::Diagnostics diagnostics;
  auto read_one = [&](std::string path, std::string_view text) {
    FileInfo info{path, base::basename(path), text.size(), 0644};
    Interest wanted;
    interest(info, TreeKind::kInstalled, wanted);
    std::vector<Reading> out;
    read_file(wanted.whole, {info, base::as_bytes(text)}, out, diagnostics);
    EXPECT_EQ(out.size(), 1u) << path;
    return out.empty() ? Reading() : std::move(out[0]);
  };
  Reading distro = read_one("usr/lib/os-release", "ID=debian\nVERSION_ID=12\n");
  Reading list = read_one("var/lib/dpkg/info/python3-six.list",
                          "/usr/lib/python3/dist-packages/six.egg-info/PKG-INFO\n");
  Reading status = read_one("var/lib/dpkg/status", "Package: python3-six\nVersion: 1.16.0-4\n");
  std::vector<PlacedReading> placed = {{&status, 2}, {&list, 0}, {&distro, 0}};
  Catalog catalog = join(placed, {}, diagnostics);
  ASSERT_EQ(catalog.packages.size(), 1u);
  EXPECT_EQ(catalog.packages[0].purl(), "pkg:deb/debian/python3-six@1.16.0-4?distro=debian-12");
  EXPECT_EQ(catalog.packages[0].locations[0].layer, 2);
  EXPECT_EQ(catalog.packages[0].files.paths().size(), 1u);
}

TEST(OsPackages, OwnWhatLanguagesInstallBesideThem) {
  base::Diagnostics diagnostics;
  Catalog catalog =
      read_tree(Tree{{"var/lib/dpkg/status", "Package: python3-six\nVersion: 1.16.0-4\n"},
                     {"var/lib/dpkg/info/python3-six.list",
                      "/usr/lib/python3/dist-packages/six-1.16.0.egg-info\n"},
                     {"usr/lib/python3/dist-packages/six-1.16.0.egg-info",
                      "Metadata-Version: 2.1\nName: six\nVersion: 1.16.0\n"}},
                TreeKind::kInstalled, diagnostics);
  const model::Package* six = find_package(catalog, "six");
  ASSERT_NE(six, nullptr);
  EXPECT_EQ(six->owner, "pkg:deb/debian/python3-six@1.16.0-4");
}

}  // namespace
}  // namespace bulkhead::catalog
