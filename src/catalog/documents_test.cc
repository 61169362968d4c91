// SPDX-License-Identifier: Apache-2.0
// Crafted files that name a package in every few bytes stay within the bound of each reader.
#include "catalog/documents.h"

#include <gtest/gtest.h>

#include <functional>

#include "catalog/run.h"

namespace bulkhead::catalog {
namespace {

std::string repeat(size_t times, const std::function<std::string(std::string)>& line) {
  std::string out;
  for (size_t i = 0; i < times; ++i) out += line(std::to_string(i));
  return out;
}

// A lock file or package database that is not read whole makes the answer incomplete.
TEST(Documents, WhatIsNotReadMakesTheAnswerIncomplete) {
  const std::string status = "Package: a\nVersion: 1\nStatus: install ok installed\n";
  struct Case {
    const char* path;
    std::string text;
    bool incomplete;
  };
  for (const Case& c :
       {Case{"package-lock.json", "{\"lockfileVersion\": 3,", true},
        Case{"Cargo.lock", "[[package]\n", true}, Case{"poetry.lock", "=", true},
        Case{"pnpm-lock.yaml", "a: [", true}, Case{"bun.lockb", "#!/usr/bin/env bun", true},
        Case{"requirements.txt", "-r more.txt\n", true},
        Case{"requirements.txt", "-r requirements/base.txt\na==1\n", false},
        Case{"requirements/all.txt", "-r base.txt\n", false},
        Case{"Cargo.toml", "[[package]\n", false},
        Case{"var/lib/dpkg/status", std::string(100, '\xee') + "\n", true},
        Case{"var/lib/dpkg/status", status + "\n" + "no field\n", true},
        Case{"var/lib/dpkg/status", status + "\nPackage: b\nVersi", true},
        Case{"var/lib/dpkg/status", status, false}}) {
    const std::pair<std::string, std::string> file{c.path, c.text};
    const bool installed = file.first.starts_with("var/");
    base::Diagnostics diagnostics;
    read_tree({&file, 1}, installed ? TreeKind::kInstalled : TreeKind::kSource, diagnostics);
    EXPECT_EQ(diagnostics.any_incomplete(), c.incomplete) << c.path << ": " << c.text;
  }
}

// Deleting the database must not look like having nothing in it.
TEST(Documents, ADistributionWithoutItsDatabaseIsNotJudged) {
  const std::pair<std::string, std::string> file{"etc/os-release", "ID=debian\nVERSION_ID=12\n"};
  base::Diagnostics diagnostics;
  const Catalog catalog = read_tree({&file, 1}, TreeKind::kInstalled, diagnostics);
  ASSERT_EQ(catalog.not_read.size(), 1u);
  EXPECT_EQ(catalog.not_read[0].what, "debian 12: the package database");
  EXPECT_TRUE(catalog.not_read[0].reason.starts_with("none was found;"));

  const std::pair<std::string, std::string> spoilt[] = {
      {"etc/os-release", "ID=rocky\nVERSION_ID=9\n"},
      {"var/lib/rpm/rpmdb.sqlite", std::string(5000, 'x')}};
  const Catalog unread = read_tree(spoilt, TreeKind::kInstalled, diagnostics);
  ASSERT_EQ(unread.not_read.size(), 1u);
  EXPECT_TRUE(unread.not_read[0].reason.starts_with("var/lib/rpm/rpmdb.sqlite could not be read;"))
      << unread.not_read[0].reason;
}

TEST(Documents, OneFileGivesSoManyPackages) {
  constexpr size_t kMany = kMaxPackagesOfFile + 10;
  const std::pair<std::string, std::string> files[] = {
      {"requirements.txt", repeat(kMany, [](const auto& i) { return "a" + i + "\n"; })},
      {"pyproject.toml", "project.dependencies = [" +
                             repeat(kMany, [](const auto& i) { return "'a" + i + "',"; }) + "]"},
      {"Pipfile.lock", "{\"default\":{\"x\":{}" +
                           repeat(kMany, [](const auto& i) { return ",\"a" + i + "\":{}"; }) +
                           "}}"},
      {"poetry.lock",
       repeat(kMany, [](const auto& i) { return "[[package]]\nname='a" + i + "'\n"; })},
      {"pdm.lock", repeat(kMany, [](const auto& i) { return "[[package]]\nname='a" + i + "'\n"; })},
      {"uv.lock", repeat(kMany, [](const auto& i) { return "[[package]]\nname='a" + i + "'\n"; })},
      {"pylock.toml",
       repeat(kMany, [](const auto& i) { return "[[packages]]\nname='a" + i + "'\n"; })},
      {"Cargo.lock",
       repeat(kMany,
              [](const auto& i) { return "[[package]]\nname='a" + i + "'\nversion='1'\n"; })},
      {"Cargo.toml",
       "[dependencies]\n" + repeat(kMany, [](const auto& i) { return "a" + i + "='1'\n"; })},
      {"go.mod", repeat(kMany, [](const auto& i) { return "require a" + i + " v1.0.0\n"; })},
      {"go.sum", repeat(kMany, [](const auto& i) { return "a" + i + " v1.0.0 h1:x\n"; })},
      {"vendor/modules.txt", repeat(kMany, [](const auto& i) { return "# a" + i + " v1.0.0\n"; })},
      {"pip/_vendor/vendor.txt", repeat(kMany, [](const auto& i) { return "a" + i + "==1\n"; })}};
  for (const auto& file : files) {
    TreeKind kind = file.first.starts_with("pip/") ? TreeKind::kInstalled : TreeKind::kSource;
    base::Diagnostics diagnostics;
    Catalog catalog = read_tree({&file, 1}, kind, diagnostics);
    EXPECT_EQ(catalog.packages.size(), kMaxPackagesOfFile) << file.first;
    ASSERT_EQ(diagnostics.all().size(), 1u) << file.first;
    EXPECT_EQ(diagnostics.all()[0].kind, "too-many-packages");
  }
}

// What fits is kept; lock files that were cut say so.
TEST(Documents, LockFilesOfModulesAreCut) {
  constexpr size_t kMany = kMaxPackagesOfModules + 10;
  const std::pair<std::string, std::string> files[] = {
      {"package-lock.json",
       "{\"lockfileVersion\":3,\"packages\":{\"node_modules/x\":{\"version\":\"1.0.0\"}" +
           repeat(kMany,
                  [](const auto& i) {
                    return ",\"node_modules/a" + i + "\":{\"version\":\"1.0.0\"}";
                  }) +
           "}}"},
      {"bun.lock",
       "{\"packages\":{\"x\":[\"x@1.0.0\"]" +
           repeat(kMany, [](const auto& i) { return ",\"a" + i + "\":[\"a@1.0.0\"]"; }) + "}}"},
      {"yarn.lock",
       repeat(kMany, [](const auto& i) { return "a" + i + "@1:\n  version \"1.0.0\"\n\n"; })},
      {"pnpm-lock.yaml",
       "packages:\n" + repeat(kMany, [](const auto& i) { return "  a" + i + "@1.0.0: {}\n"; })}};
  for (const auto& file : files) {
    base::Diagnostics diagnostics;
    std::vector<Reading> readings;
    File whole{{file.first, file.first, file.second.size(), 0}, base::as_bytes(file.second)};
    Interest who;
    interest(whole.info, TreeKind::kSource, who);
    read_file(who.whole, whole, readings, diagnostics);
    size_t packages = 0;
    size_t bytes = 0;
    for (const Reading& reading : readings) {
      packages += reading.facts.packages.size();
      bytes += reading.bytes;
    }
    EXPECT_EQ(packages, kMaxPackagesOfModules) << file.first;
    EXPECT_LT(bytes, size_t{90} << 20) << file.first;
    ASSERT_EQ(diagnostics.all().size(), 1u) << file.first;
    EXPECT_EQ(diagnostics.all()[0].kind, "too-many-packages");
    EXPECT_TRUE(diagnostics.any_incomplete());
  }
}

}  // namespace
}  // namespace bulkhead::catalog
