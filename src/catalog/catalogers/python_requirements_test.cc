// SPDX-License-Identifier: Apache-2.0
// What the golden fixtures do not show: requirements, lines and hashes.
#include <gtest/gtest.h>

#include <algorithm>

#include "catalog/run.h"

namespace bulkhead::catalog {
namespace {

const model::Package* find_requirement(const Catalog& catalog, std::string_view name) {
  for (const model::Package& package : catalog.packages) {
    if (package.name == name) return &package;
  }
  return nullptr;
}

TEST(PythonRequirements, KeepsRequirementLineAndHash) {
  const std::vector<std::pair<std::string, std::string>> tree = {
      {"requirements.txt",
       "a>=1,<2 # why\n"
       "b==1.0 \\\n  --hash=sha256:aa\n"
       "c==1.0 --hash=sha256:aa --hash=sha256:bb\n"
       "-e git+https://x/d.git#egg=d\n"
       "e==1.0 \\\n# comment ends it\nf\n"
       "--editable=./g#egg=g\n"
       "-rother.txt\n"
       "h==1.0#why\n"}};
  base::Diagnostics diagnostics;
  Catalog catalog = read_tree(tree, TreeKind::kSource, diagnostics);
  EXPECT_TRUE(diagnostics.empty());
  ASSERT_EQ(catalog.packages.size(), 8u);
  EXPECT_EQ(find_requirement(catalog, "h")->version, "1.0");
  EXPECT_EQ(find_requirement(catalog, "a")->requirement, ">=1,<2");
  EXPECT_EQ(find_requirement(catalog, "a")->version, "");
  EXPECT_EQ(find_requirement(catalog, "a")->locations[0].line, 1u);
  EXPECT_EQ(find_requirement(catalog, "a")->relation, model::Relation::kDirect);
  EXPECT_EQ(find_requirement(catalog, "b")->version, "1.0");
  EXPECT_EQ(find_requirement(catalog, "b")->digest, "sha256:aa");
  EXPECT_EQ(find_requirement(catalog, "b")->locations[0].line, 2u);
  EXPECT_EQ(find_requirement(catalog, "c")->digest, "");
  EXPECT_EQ(find_requirement(catalog, "c")->locations[0].line, 4u);
  EXPECT_EQ(find_requirement(catalog, "d")->requirement, "git+https://x/d.git#egg=d");
  EXPECT_EQ(find_requirement(catalog, "f")->locations[0].line, 8u);
  EXPECT_EQ(find_requirement(catalog, "g")->requirement, "./g#egg=g");
}

TEST(PythonRequirements, KeepsNamesWhoseVersionsItCannotRead) {
  const std::vector<std::pair<std::string, std::string>> tree = {
      {"requirements.txt",
       "a>>1.2\nb[x]==${B} ; python_version > '3'\nc==\n"
       "no requirement\nd]==1.0\n{% if e %}\nf[x==1.0\n"}};
  base::Diagnostics diagnostics;
  Catalog catalog = read_tree(tree, TreeKind::kSource, diagnostics);
  ASSERT_EQ(catalog.packages.size(), 3u);
  EXPECT_EQ(find_requirement(catalog, "a")->requirement, ">>1.2");
  EXPECT_EQ(find_requirement(catalog, "b")->requirement, "==${B}");
  EXPECT_EQ(find_requirement(catalog, "b")->version, "");
  EXPECT_EQ(find_requirement(catalog, "c")->version, "");
  EXPECT_EQ(diagnostics.all().size(), 7u);  // each line is said
}

TEST(PythonRequirements, TakesVersionsFromArchives) {
  const std::vector<std::pair<std::string, std::string>> tree = {
      {"requirements.txt",
       "https://x/F.lask-0.11.1.tar.gz#sha256=12&egg=f_lask\n"
       "https://x/master-1.0.zip#egg=g\n"}};
  base::Diagnostics diagnostics;
  Catalog catalog = read_tree(tree, TreeKind::kSource, diagnostics);
  ASSERT_EQ(catalog.packages.size(), 2u);
  EXPECT_EQ(find_requirement(catalog, "f-lask")->version, "0.11.1");
  EXPECT_EQ(find_requirement(catalog, "g")->version, "");  // an archive of another name
}

TEST(PythonRequirements, GoesByTheByteOrderMark) {
  std::string little = "\xff\xfe";
  std::string big = "\xfe\xff";
  for (char c : std::string_view("a==1.0\r\nb==2.0\r\n")) {
    little += {c, '\0'};
    big += {'\0', c};
  }
  for (const std::string& text : {little, big, std::string("\xef\xbb\xbf") + "a==1.0\r\nb==2.0"}) {
    base::Diagnostics diagnostics;
    const std::vector<std::pair<std::string, std::string>> tree = {{"requirements.txt", text}};
    Catalog catalog = read_tree(tree, TreeKind::kSource, diagnostics);
    EXPECT_TRUE(diagnostics.empty());
    ASSERT_EQ(catalog.packages.size(), 2u);
    EXPECT_EQ(find_requirement(catalog, "b")->version, "2.0");
    EXPECT_EQ(find_requirement(catalog, "b")->locations[0].line, 2u);
  }
}

TEST(PythonRequirements, KnowsItsFiles) {
  struct Case {
    const char* path;
    bool read;
    bool dev;
  };
  const Case cases[] = {
      {"requirements.txt", true, false},
      {"requirements.in", true, false},
      {"x/requirements-dev.txt", true, true},
      {"test-requirements.txt", true, true},
      {"requirements/prod.txt", true, false},
      {"requirements/docs.txt", true, true},
      {"sample-requirements.txt", true, false},
      {"requirements.md", false, false},
      {"latest.txt", false, false},
      {"constraints.txt", false, false},
      {"requirements_latest.txt", true, false},
      {"reqs.txt", true, false},
      {"my-requirement.pip", true, false},
      {"requirements", false, false},
  };
  for (const Case& c : cases) {
    const std::vector<std::pair<std::string, std::string>> tree = {{c.path, "a==1\n"}};
    base::Diagnostics diagnostics;
    Catalog catalog = read_tree(tree, TreeKind::kSource, diagnostics);
    EXPECT_EQ(!catalog.packages.empty(), c.read) << c.path;
    if (!catalog.packages.empty()) {
      EXPECT_EQ(catalog.packages[0].dev, c.dev) << c.path;
    }
  }
}

}  // namespace
}  // namespace bulkhead::catalog
