// SPDX-License-Identifier: Apache-2.0
// What the golden fixtures of Python's lock files do not show: relations, dependencies, lines.
#include "catalog/python/lock.h"

#include <gtest/gtest.h>

#include "catalog/run.h"
#include "model/package.h"

namespace bulkhead::catalog::python {
namespace {

using Tree = std::vector<std::pair<std::string, std::string>>;

// "name version relation dev? optional? line -> depends_on", one a package.
std::string spell(const Tree& tree) {
  base::Diagnostics diagnostics;
  Catalog catalog = read_tree(tree, TreeKind::kSource, diagnostics);
  EXPECT_TRUE(diagnostics.empty());
  std::string out;
  for (const model::Package& package : catalog.packages) {
    if (package.origin != model::Origin::kLock) continue;
    out += package.name + " " + package.version + " ";
    out += relation_name(package.relation);
    out += package.dev ? " dev" : "";
    out += package.optional ? " optional" : "";
    out += " " + std::to_string(package.locations.front().line);
    for (const std::string& id : package.depends_on) out += " ->" + id;
    out += "\n";
  }
  return out;
}

constexpr const char* kPoetryProject =
    "[tool.poetry.dependencies]\npython = '^3'\nA = '*'\no = {version = '1', optional = true}\n"
    "[tool.poetry.group.dev.dependencies]\nd = '*'\n";
constexpr const char* kPoetrySilent =
    "[[package]]\nname = 'A'\nversion = '1'\n[package.dependencies]\nB_b = '*'\n"
    "[[package]]\nname = 'b-b'\nversion = '2'\n"
    "[[package]]\nname = 'd'\nversion = '3'\n[package.dependencies]\nb-b = '*'\ne = '*'\n"
    "[[package]]\nname = 'e'\nversion = '4'\n"
    "[[package]]\nname = 'o'\nversion = '5'\noptional = true\n";

TEST(PythonLocks, PoetryAsksTheProjectBesideIt) {
  EXPECT_EQ(spell({{"x/poetry.lock", kPoetrySilent}, {"x/pyproject.toml", kPoetryProject}}),
            "a 1 direct 1 ->b-b@2\n"
            "b-b 2 indirect 6\n"
            "d 3 direct dev 9 ->b-b@2 ->e@4\n"
            "e 4 indirect dev 15\n"
            "o 5 direct optional 18\n");
  EXPECT_EQ(spell({{"x/poetry.lock", kPoetrySilent}, {"y/pyproject.toml", kPoetryProject}}),
            "a 1 unknown 1 ->b-b@2\n"
            "b-b 2 unknown 6\n"
            "d 3 unknown 9 ->b-b@2 ->e@4\n"
            "e 4 unknown 15\n"
            "o 5 unknown optional 18\n");
}

TEST(PythonLocks, UvKnowsItsMembers) {
  EXPECT_EQ(spell({{"uv.lock",
                    "version = 1\n"
                    "[[package]]\nname = 'app'\nversion = '0'\nsource = {virtual = '.'}\n"
                    "dependencies = [{name = 'a', version = '2'}]\n"
                    "[package.optional-dependencies]\nx = [{name = 'o'}]\n"
                    "[package.dev-dependencies]\ndev = [{name = 'd'}, {name = 'a', version='2'}]\n"
                    "[[package]]\nname = 'a'\nversion = '1'\n"
                    "[[package]]\nname = 'a'\nversion = '2'\ndependencies = [{name = 'b'}]\n"
                    "[[package]]\nname = 'b'\nversion = '1'\n"
                    "[[package]]\nname = 'd'\nversion = '1'\ndependencies = [{name = 'b'}]\n"
                    "[[package]]\nname = 'o'\nversion = '1'\n"}}),
            "a 1 indirect 11\n"
            "a 2 direct 14 ->b@1\n"
            "app 0 root 2 ->a@2 ->d@1 ->o@1\n"
            "b 1 indirect 18\n"
            "d 1 direct dev 21 ->b@1\n"
            "o 1 direct optional 25\n");
}

TEST(PythonLocks, PdmAndPipfile) {
  const Tree pdm = {{"pdm.lock",
                     "[[package]]\nname = 'a'\nversion = '1'\ndependencies = ['b<2; x == y', 'a']\n"
                     "[[package]]\nname = 'b'\nversion = '1'\n"},
                    {"pyproject.toml", "[project]\nname = 'p'\ndependencies = ['a']\n"}};
  EXPECT_EQ(spell(pdm), "a 1 direct 1 ->b@1\nb 1 indirect 5\n");
  const Tree pipfile = {{"Pipfile.lock",
                         "{\n \"_meta\": {},\n \"default\": {\n  \"a\": {\n"
                         "   \"version\": \"==1\"\n  },\n  \"b\": {\n   \"version\": \"==2\"\n"
                         "  }\n },\n \"develop\": {\n  \"a\": {\n   \"version\": \"==1\"\n  }\n"
                         " }\n}\n"},
                        {"Pipfile", "[packages]\nA = '*'\n"}};
  EXPECT_EQ(spell(pipfile), "a 1 direct 4\nb 2 indirect 7\n");
}

}  // namespace
}  // namespace bulkhead::catalog::python
