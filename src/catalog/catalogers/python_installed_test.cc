// SPDX-License-Identifier: Apache-2.0
// What the golden fixtures do not show: the files a distribution owns and what it depends on.
#include <gtest/gtest.h>

#include "catalog/run.h"

namespace bulkhead::catalog {
namespace {

using Tree = std::vector<std::pair<std::string, std::string>>;

Catalog installed(const Tree& tree) {
  base::Diagnostics diagnostics;
  Catalog catalog = read_tree(tree, TreeKind::kInstalled, diagnostics);
  EXPECT_TRUE(diagnostics.empty());
  return catalog;
}

TEST(PythonInstalled, JoinsMetadataWithItsRecord) {
  Catalog catalog = installed({
      {"app/lib/a-1.dist-info/METADATA",
       "Name: a\nVersion: 1\nRequires-Dist: B.b\n"
       "Requires-Dist: gone\nRequires-Dist: c; extra == 'x'\n"},
      {"app/lib/a-1.dist-info/RECORD",
       "a.py,sha256=x,1\n../bin/a,,\n/etc/a.conf,,\n"
       "../../../out,,\n\"q,\"\"q\"\".py\",,\n"
       "a-1.dist-info/REQUESTED,,\n"},
      {"app/lib/b_b-2.dist-info/METADATA", "Name: b_b\nVersion: 2\n"},
      {"app/lib/c-3.egg-info", "Name: c\nVersion: 3\n"},
      {"other/lib/gone-1.dist-info/METADATA", "Name: gone\nVersion: 1\n"},
  });
  ASSERT_EQ(catalog.packages.size(), 4u);
  const model::Package& a = catalog.packages[0];
  EXPECT_EQ(a.name, "a");
  EXPECT_EQ(a.relation, model::Relation::kDirect);
  EXPECT_EQ(a.cataloger, "python_installed");
  EXPECT_EQ(a.files.paths(),
            (std::vector<std::string>{"app/bin/a", "app/lib/a-1.dist-info/REQUESTED",
                                      "app/lib/a.py", "app/lib/q,\"q\".py", "etc/a.conf"}));
  EXPECT_EQ(a.depends_on, std::vector<std::string>{"pkg:pypi/b-b@2"});
  EXPECT_EQ(catalog.packages[1].name, "b-b");
  EXPECT_EQ(catalog.packages[1].relation, model::Relation::kUnknown);
  EXPECT_TRUE(catalog.packages[1].files.empty());
  EXPECT_EQ(catalog.packages[2].name, "c");
}

TEST(PythonInstalled, ReadsEggInfoFileLists) {
  Catalog catalog = installed({
      {"lib/a.egg-info/PKG-INFO", "Name: a\nVersion: 1\n"},
      {"lib/a.egg-info/installed-files.txt", "../a/__init__.py\nPKG-INFO\n"},
  });
  ASSERT_EQ(catalog.packages.size(), 1u);
  EXPECT_EQ(catalog.packages[0].files.paths(),
            (std::vector<std::string>{"lib/a.egg-info/PKG-INFO", "lib/a/__init__.py"}));
}

TEST(PythonInstalled, LeavesSourceTreesAlone) {
  base::Diagnostics diagnostics;
  Tree tree = {{"venv/a-1.dist-info/METADATA", "Name: a\nVersion: 1\n"}};
  EXPECT_TRUE(read_tree(tree, TreeKind::kSource, diagnostics).packages.empty());
}

}  // namespace
}  // namespace bulkhead::catalog
