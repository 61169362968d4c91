// SPDX-License-Identifier: Apache-2.0
#include "report/people_text.h"

#include <gtest/gtest.h>

#include <string>

#include "report/text_out.h"

namespace bulkhead::report {
namespace {

TEST(PeopleText, ReadsPackagesOut) {
  EXPECT_EQ(package_name("pkg:deb/debian/openssl@3.0.11-1~deb12u1?arch=amd64&distro=debian-12"),
            "openssl 3.0.11-1~deb12u1");
  EXPECT_EQ(package_name("pkg:deb/debian/libstdc%2B%2B6@12.2.0-14%2Bdeb12u1"),
            "libstdc++6 12.2.0-14+deb12u1");
  EXPECT_EQ(package_name("pkg:npm/%40scope/name@1.0.0"), "@scope/name 1.0.0");
  EXPECT_EQ(package_name("pkg:maven/org.example/core@1"), "org.example:core 1");
  EXPECT_EQ(package_name("pkg:golang/example.org/user/tool"), "example.org/user/tool");
  EXPECT_EQ(package_name("pkg:"), "pkg:");
  EXPECT_EQ(package_name("Deployment web"), "Deployment web");
}

TEST(PeopleText, ReadsPackagesOutOfSentences) {
  EXPECT_EQ(without_purls("Upgrade pkg:deb/debian/openssl@3.0.1-1 to 3.0.2-1"),
            "Upgrade openssl 3.0.1-1 to 3.0.2-1");
  EXPECT_EQ(without_purls("CVE-1 in pkg:npm/%40a/b@1: EPSS 0.5, also pkg:npm/c@2."),
            "CVE-1 in @a/b 1: EPSS 0.5, also c 2.");
  EXPECT_EQ(without_purls("(pkg:npm/c@2) \"pkg:npm/d\""), "(c 2) \"d\"");
  for (const char* text : {"", "nothing", "pkg:", "mypkg:npm/a@1 is none", "pkg: npm"}) {
    EXPECT_EQ(without_purls(text), text);
  }
}

TEST(PeopleText, CutsTheMiddleOfPaths) {
  EXPECT_EQ(short_path("a/b/c.json", 20), "a/b/c.json");
  std::string path = "opt/app/node_modules/one/node_modules/two/package.json";
  EXPECT_EQ(short_path(path, 40), "opt/.../node_modules/two/package.json");
  EXPECT_EQ(short_path("/" + path, 30), "/opt/.../two/package.json");
  EXPECT_EQ(short_path("opt/" + std::string(60, 'x') + ".json", 20), std::string(17, 'x') + "...");
  for (size_t columns = 0; columns < 60; ++columns) {
    EXPECT_LE(display_width(short_path(path, columns)), std::max<size_t>(columns, 3)) << columns;
  }
}

}  // namespace
}  // namespace bulkhead::report
