// SPDX-License-Identifier: Apache-2.0
#include "catalog/python/requirement.h"

#include <gtest/gtest.h>

#include "catalog/python/metadata.h"
#include "catalog/python/names.h"

namespace bulkhead::catalog::python {
namespace {

TEST(PythonNames, Normalise) {
  EXPECT_EQ(normalise_name("Zope.Interface"), "zope-interface");
  EXPECT_EQ(normalise_name("a-_.b"), "a-b");
  EXPECT_EQ(normalise_name("__x"), "-x");
  EXPECT_TRUE(valid_name("A1"));
  EXPECT_TRUE(valid_name("ruamel.yaml_clib"));
  for (const char* bad : {"", "-a", "a-", "a b", "a/b", "\xc3\xa9"}) EXPECT_FALSE(valid_name(bad));
  EXPECT_EQ(licence_of_classifier("License :: OSI Approved :: MIT License"), "MIT");
  EXPECT_EQ(licence_of_classifier("License :: OSI Approved :: BSD License"), "BSD License");
}

TEST(Requirement, TakesApart) {
  struct Case {
    const char* text;
    const char* name;
    const char* specifier;
    const char* url;
    const char* marker;
    const char* version;
  };
  const Case cases[] = {
      {"A", "A", "", "", "", ""},
      {"name==1.0", "name", "==1.0", "", "", "1.0"},
      {" name [a, b] >= 1 , < 2 ; os_name == 'nt' ", "name", ">= 1 , < 2", "", "os_name == 'nt'",
       ""},
      {"name (>=1.0,!=1.5)", "name", ">=1.0,!=1.5", "", "", ""},
      {"name ()", "name", "", "", "", ""},
      {"name===1.0.post1+local", "name", "===1.0.post1+local", "", "", "1.0.post1+local"},
      {"name==1.*", "name", "==1.*", "", "", ""},
      {"name==1.0,==1.0", "name", "==1.0,==1.0", "", "", ""},
      {"name == 1!2.0rc1", "name", "== 1!2.0rc1", "", "", "1!2.0rc1"},
      {"name~=1.0,", "name", "~=1.0,", "", "", ""},
      {"name@http://x/y;z ; extra == 'q'", "name", "", "http://x/y;z", "extra == 'q'", ""},
      {"name @ file:///a/b.whl", "name", "", "file:///a/b.whl", "", ""},
  };
  for (const Case& c : cases) {
    auto got = parse_requirement(c.text);
    ASSERT_TRUE(got) << c.text;
    EXPECT_EQ(got->name, c.name) << c.text;
    EXPECT_EQ(got->specifier, c.specifier) << c.text;
    EXPECT_EQ(got->url, c.url) << c.text;
    EXPECT_EQ(got->marker, c.marker) << c.text;
    EXPECT_EQ(pinned_version(got->specifier), c.version) << c.text;
  }
}

TEST(Requirement, RefusesOtherText) {
  for (const char* text : {"", "-r x", "==1.0", "name 1.0", "name >", "name >=1 2", "name[x", "a/b",
                           "name @", "name @ url junk", "name,", "./x", "name =1"}) {
    EXPECT_FALSE(parse_requirement(text)) << text;
  }
}

TEST(Requirement, KnowsExtraMarkers) {
  EXPECT_TRUE(wants_extra("extra == 'a'"));
  EXPECT_TRUE(wants_extra("(python_version < '3') and extra=='a'"));
  EXPECT_FALSE(wants_extra("python_version < '3'"));
  EXPECT_FALSE(wants_extra("platform_release == 'extra'"));
  EXPECT_FALSE(wants_extra(""));
}

TEST(Requirement, ReadsArchiveNames) {
  auto wheel = parse_archive_name("https://x/a_b-1.0-2-py3-none-any.whl#sha256=1");
  ASSERT_TRUE(wheel);
  EXPECT_EQ(wheel->name, "a_b");
  EXPECT_EQ(wheel->version, "1.0");
  auto sdist = parse_archive_name("dir/a-b-1.0.tar.gz");
  ASSERT_TRUE(sdist);
  EXPECT_EQ(sdist->name, "a-b");
  EXPECT_EQ(sdist->version, "1.0");
  for (const char* other :
       {"", "x.whl", "a-b.whl", "name.tar.gz", "name-latest.zip", "a-1.0.exe"}) {
    EXPECT_FALSE(parse_archive_name(other)) << other;
  }
}

TEST(PythonMetadata, StopsAtTheBody) {
  Metadata m = parse_metadata("\n");
  EXPECT_EQ(m.name, "");
  m = parse_metadata(
      "Name: a\nVersion: 1\nname: second\nMaintainer-email: m@example.org\n"
      "Requires-Dist: b\nRequires-Dist: c; extra == 'x'\nno colon\n\nVersion: 2\n");
  EXPECT_EQ(m.name, "a");
  EXPECT_EQ(m.version, "1");
  EXPECT_EQ(m.supplier, "m@example.org");
  ASSERT_EQ(m.requires_dist.size(), 2u);
  EXPECT_EQ(m.requires_dist[1].text, "c; extra == 'x'");
  EXPECT_EQ(m.requires_dist[1].line, 6u);
}

}  // namespace
}  // namespace bulkhead::catalog::python
