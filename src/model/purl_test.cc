// SPDX-License-Identifier: Apache-2.0
#include "model/purl.h"

#include <gtest/gtest.h>

#include "model/package.h"
#include "model/purl_types.h"

namespace bulkhead::model {
namespace {

TEST(Purl, CanonicalForms) {
  struct Case {
    const char* text;
    const char* canonical;
  };
  for (auto [text, canonical] : {
           Case{"pkg:deb/debian/curl@7.50.3-1?distro=jessie&arch=i386",
                "pkg:deb/debian/curl@7.50.3-1?arch=i386&distro=jessie"},
           Case{"PKG:Deb/Debian/Curl@1%3A2", "pkg:deb/debian/curl@1:2"},
           Case{"pkg:///npm/%40scope/a@1", "pkg:npm/%40scope/a@1"},
           Case{"pkg:npm/@scope/a", "pkg:npm/%40scope/a"},
           Case{"pkg:npm/@scope/a@1.0", "pkg:npm/%40scope/a@1.0"},
           Case{"pkg:pypi/Foo_Bar@1.0RC1", "pkg:pypi/foo-bar@1.0rc1"},
           Case{"pkg:pub/Some-Name@1", "pkg:pub/some_name@1"},
           Case{"pkg:golang/github.com/BurntSushi/toml@v1.2.3#/a/./b//../c/",
                "pkg:golang/github.com/BurntSushi/toml@v1.2.3#a/b/c"},
           Case{"pkg:deb/debian/libstdc++6@12.2.0-14+deb12u1",
                "pkg:deb/debian/libstdc%2B%2B6@12.2.0-14%2Bdeb12u1"},
           Case{"pkg:generic/a@1?empty=&x=a/b", "pkg:generic/a@1?x=a%2Fb"},
           Case{"pkg:generic/a@1?download_url=https://h/p?q=1",
                "pkg:generic/a@1?download_url=https:%2F%2Fh%2Fp%3Fq%3D1"},
           Case{"pkg:generic/a?checksum=SHA1:AB,sha256:CD",
                "pkg:generic/a?checksum=sha1:ab%2Csha256:cd"},
           Case{"pkg:cpan/gdt/URI-PackageURL", "pkg:cpan/GDT/URI-PackageURL"},
           Case{"pkg:mlflow/Model@1?repository_url=https://x.databricks.com",
                "pkg:mlflow/model@1?repository_url=https:%2F%2Fx.databricks.com"},
           Case{"pkg:unheard-of/A/B@C", "pkg:unheard-of/A/B@C"},
       }) {
    auto purl = Purl::parse(text);
    ASSERT_TRUE(purl) << text << ": " << purl.error().message();
    EXPECT_EQ(purl->to_string(), canonical);
    auto again = Purl::parse(purl->to_string());
    ASSERT_TRUE(again) << canonical;
    EXPECT_EQ(*again, *purl);
  }
}

TEST(Purl, RefusesWhatIsNone) {
  for (const char* text : {
           "",
           "pkg",
           "pkg:",
           "pkg:/",
           "pkg:npm",
           "pkg:npm/",
           "pkg:npm/@1",
           "npm/a@1",
           "pkg:n&m/a",
           "pkg:3a/b",
           "pkg:npm/a?b c=d",
           "pkg:npm/a?b=c&b=d",
           "pkg:npm/a%zz",
           "pkg:npm/a%4",
           "pkg:npm/%ff",
           "pkg:npm/a%2Fb/c",
           "pkg:npm/a#b%2Fc",
           "pkg:swift/a@1",
           "pkg:otp/ns/hex@1",
           "pkg:julia/Dates",
           "pkg:cpan/A::B",
           "pkg:rpm/fedora/a?Arch=x",
           "pkg:chrome-extension/short",
           "pkg:cocoapods/a+b",
           "pkg:swid/a/b/c/d?tag_id=1",
           "pkg:swift/github.com/A/@5",
       }) {
    EXPECT_FALSE(Purl::parse(text)) << text;
  }
}

TEST(Purl, LenientTakesWhatOthersWrite) {
  EXPECT_EQ(Purl::parse_lenient("pkg:golang/stdlib@1.21.0")->name, "stdlib");
  EXPECT_EQ(Purl::parse_lenient("pkg:rpm/curl@1?Arch=x")->qualifiers.at("arch"), "x");
  EXPECT_EQ(Purl::parse_lenient("pkg:cargo/ns/serde@1")->name_space, "ns");
  EXPECT_FALSE(Purl::parse_lenient("pkg:npm/@1"));
}

TEST(Purl, BuildNormalises) {
  Purl parts;
  parts.type = "Composer";
  parts.name_space = "/Vendor/";
  parts.name = "Name";
  parts.version = "1 0";
  parts.qualifiers = {{"k", "v/w"}, {"none", ""}};
  parts.subpath = "./a//b/";
  auto built = Purl::build(parts);
  ASSERT_TRUE(built);
  EXPECT_EQ(built->to_string(), "pkg:composer/vendor/name@1%200?k=v%2Fw#a/b");
  parts.qualifiers = {{"in production", "v"}};
  EXPECT_FALSE(Purl::build(parts));
}

TEST(Purl, OfAPackage) {
  Package package;
  package.type = "deb";
  package.name_space = "debian";
  package.name = "openssl";
  package.version = "1:3.0.1-1";
  package.arch = "amd64";
  package.qualifiers = {{"distro", "debian-12"}};
  EXPECT_EQ(package.purl(), "pkg:deb/debian/openssl@1:3.0.1-1?arch=amd64&distro=debian-12");
  package.type = "rpm";
  package.name_space = "fedora";
  EXPECT_EQ(package.purl(), "pkg:rpm/fedora/openssl@3.0.1-1?arch=amd64&distro=debian-12&epoch=1");
}

TEST(Purl, EveryTypeIsFound) {
  for (const PurlType& type : purl_types()) EXPECT_EQ(find_purl_type(type.name), &type);
  EXPECT_EQ(find_purl_type("nothing"), nullptr);
}

}  // namespace
}  // namespace bulkhead::model
