// SPDX-License-Identifier: Apache-2.0
// Which changelog entries count as fixes, case by case.
#include "catalog/debian/changelog.h"

#include <gtest/gtest.h>

namespace bulkhead::catalog::debian {
namespace {

// The items of one entry, or several entries: newest first, versions 9, 8, 7, ...
std::string entries(std::initializer_list<std::string_view> bodies) {
  std::string out;
  char version = '9';
  for (std::string_view body : bodies) {
    out += "pkg (1." + std::string(1, version--) + "-1) unstable; urgency=medium\n\n";
    out += body;
    out += "\n -- A Maintainer <a@example.org>  Tue, 19 Sep 2023 19:33:05 +0200\n\n";
  }
  return out;
}

std::string fixes(const std::string& text) {
  std::string out;
  for (const changelog::Fix& fix : parse_changelog(text).fixes) {
    out += (out.empty() ? "" : " ") + fix.id.substr(4) + "@" + fix.version;
  }
  return out;
}

struct Row {
  std::string_view body;
  std::string_view want;  // of an entry with version 1.9-1
};

TEST(Changelog, TakesWhatSpeaksOfFixing) {
  const Row rows[] = {
      {"  * Fix CVE-2023-1234.\n", "2023-1234"},
      {"  * CVE-2023-1234: overflow in x (Closes: #1)\n", "2023-1234"},
      {"  * Check the length of names\n    (CVE-2023-1234, CVE-2023-1235)\n",
       "2023-1234 2023-1235"},
      {"  * SECURITY UPDATE: overflow\n    - debian/patches/CVE-2023-1234.patch: remove unsafe "
       "copy\n"
       "      in src/x.c.\n    - CVE-2023-1234\n",
       "2023-1234"},
      {"  * New upstream release, fixing:\n    - CVE-2023-1234: a\n    - CVE-2023-1235: b\n",
       "2023-1234 2023-1235"},
      {"  [ Somebody ]\n  * Backport patch for CAN-2004-0001\n", "2004-0001"},
      {"  * CVE-2023-1234, CVE-2023-1235 and CVE-2023-1236\n", "2023-1234 2023-1235 2023-1236"},
      {"  * x86: Drop reference early (CVE-2023-1234)\n", "2023-1234"},
      {"  * CVE-2023-1234: a logic error. Other cases are unaffected.\n", "2023-1234"},
  };
  for (const Row& row : rows) {
    std::string want;
    for (size_t at = 0; at < row.want.size(); at += 10) {
      want += (want.empty() ? "" : " ") + std::string(row.want.substr(at, 9)) + "@1.9-1";
    }
    EXPECT_EQ(fixes(entries({row.body})), want) << row.body;
  }
}

TEST(Changelog, LeavesWhatDoesNot) {
  for (std::string_view body : {
           "  * Not affected by CVE-2023-1234\n",
           "  * The package is not\n    affected by this (CVE-2023-1234).\n",
           "  * Not vulnerable to the following:\n    - CVE-2023-1234: overflow\n",
           "  * This upload does not fix CVE-2023-1234\n",
           "  * CVE-2023-1234 is still not fixed\n",
           "  * Revert the patch for CVE-2023-1234\n",
           "  * Fix something that reintroduced CVE-2023-1234\n",
           "  * Fix regression of CVE-2023-1234\n",
           "  * Mention CVE-2023-1234 fixed in the last upload\n",
           "  * Drop CVE-2023-1234.patch; applied upstream\n",
           "  * d/p/CVE-2023-1234.patch: removed, breaks builds\n",
           "  * Reword the description, as asked in CVE-2023-1234\n",
           "  * CVE-2023-12: no such number, fix\n",
           "  * CVE-20231234-1: fix\n",
       }) {
    EXPECT_EQ(fixes(entries({body})), "") << body;
  }
}

TEST(Changelog, ReadsEntriesTogether) {
  EXPECT_EQ(fixes(entries({"  * Better fix for CVE-2023-1234\n", "  * Fix CVE-2023-1234\n"})),
            "2023-1234@1.8-1")
      << "the first fix counts";
  EXPECT_EQ(fixes(entries({"  * Revert fix for CVE-2023-1234\n", "  * Fix CVE-2023-1234\n"})), "");
  EXPECT_EQ(fixes(entries({"  * Fix CVE-2023-1234\n", "  * Revert fix for CVE-2023-1234\n",
                           "  * Fix CVE-2023-1234\n"})),
            "2023-1234@1.9-1");
  EXPECT_EQ(fixes(entries({"  * Fix CVE-2023-1234\n  * Revert the CVE-2023-1234 patch\n"})), "");
  EXPECT_EQ(fixes(entries({"  * Revert 1.8-1, it breaks booting.\n", "  * Fix CVE-2023-1234\n"})),
            "");
  EXPECT_EQ(fixes(entries({"  * Revert the previous upload.\n", "  * Fix CVE-2023-1234\n",
                           "  * Fix CVE-2023-1235\n"})),
            "2023-1235@1.7-1");
  EXPECT_EQ(fixes(entries(
                {"  * Revert to 1.7-1.\n", "  * Fix CVE-2023-1234\n", "  * Fix CVE-2023-1235\n"})),
            "2023-1235@1.7-1");
  EXPECT_EQ(
      fixes(entries({"  * d/patches: remove CVE-2023-1234.patch\n", "  * Fix CVE-2023-1234\n"})),
      "");
  EXPECT_EQ(fixes(entries({"  * New upstream release\n  * Remove CVE-2023-1234.patch\n",
                           "  * Fix CVE-2023-1234\n"})),
            "2023-1234@1.8-1");
}

TEST(Changelog, FindsWhatIsRevertedTo) {
  EXPECT_EQ(fixes(entries({"  * Revert to 1.7 for now\n", "  * Fix CVE-2023-1234\n",
                           "  * Fix CVE-2023-1235\n"})),
            "2023-1235@1.7-1")
      << "an upstream version";
  EXPECT_EQ(fixes(entries({"  * Revert to 9.20 of debhelper\n", "  * Fix CVE-2023-1234\n"})),
            "2023-1234@1.8-1")
      << "not a version of this package";
}

TEST(Changelog, SkipsUnreleasedEntries) {
  EXPECT_EQ(fixes("pkg (2-1) UNRELEASED; urgency=low\n\n  * Fix CVE-2023-1234\n\n -- M <m@x>  x\n"),
            "");
}

TEST(Changelog, KnowsItsOwnForm) {
  EXPECT_TRUE(looks_like_changelog("\nglibc (2.36-9+deb12u4) bookworm; urgency=medium\n"));
  EXPECT_FALSE(looks_like_changelog("Release notes (1.0); more\n"));
  EXPECT_FALSE(looks_like_changelog("2020-01-01  Somebody  <a@x>\n"));
  EXPECT_FALSE(looks_like_changelog(""));
  Changelog changelog = parse_changelog("glibc (2.36-9) bookworm; urgency=medium\n");
  EXPECT_EQ(changelog.source, "glibc");
  EXPECT_EQ(changelog.version, "2.36-9");
  EXPECT_EQ(parse_changelog("Notes\n\nglibc (2) b; u=m\n").source, "");
}

TEST(Changelog, StaysLinearOnNestedAndEndlessItems) {
  std::string deep = "pkg (1) unstable; urgency=low\n\n";
  for (int i = 0; i < 3000; ++i)
    deep += std::string(static_cast<size_t>(i % 900), ' ') + "* fix CVE-2023-1234\n";
  EXPECT_EQ(parse_changelog(deep).fixes.size(), 1u);
  std::string wide = "pkg (1) unstable; urgency=low\n\n  * fix\n";
  for (int i = 0; i < 200000; ++i) wide += "    cve-cve-cve-\n";
  EXPECT_EQ(parse_changelog(wide).fixes.size(), 0u);
  std::string many = "pkg (1) unstable; urgency=low\n\n";
  for (int i = 0; i < 400000; ++i) {
    if (i % 1000 == 0) many += "  * fix\n";
    many += "    cve-2020-" + std::to_string(100000 + i) + "\n";
  }
  EXPECT_EQ(parse_changelog(many).fixes.size(), changelog::kMaxFixes);
}

}  // namespace
}  // namespace bulkhead::catalog::debian
