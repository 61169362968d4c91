// SPDX-License-Identifier: Apache-2.0
#include "gitsync/location.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace bulkhead::gitsync {
namespace {

using base::Code;

std::string read(const std::string& url, bool insecure = false) {
  Remote remote;
  remote.url = url;
  remote.insecure = insecure;
  auto location = parse_location(remote);
  if (!location) return std::string(base::code_name(location.error().code()));
  std::string kind = location->kind == Location::Kind::kHttp  ? "http "
                     : location->kind == Location::Kind::kSsh ? "ssh "
                                                              : "path ";
  return kind + location->display();
}

TEST(Location, ReadsUrls) {
  EXPECT_EQ(read("https://git.example.com/team/policy.git/"),
            "http https://git.example.com/team/policy.git");
  EXPECT_EQ(read("http://127.0.0.1:8080/x"), "http http://127.0.0.1:8080/x");
  EXPECT_EQ(read("http://git.example.com/x", true), "http http://git.example.com/x");
  EXPECT_EQ(read("git@git.example.com:team/policy.git"),
            "ssh ssh://git@git.example.com/team/policy.git");
  EXPECT_EQ(read("ssh://git.example.com/srv/x"), "ssh ssh://git@git.example.com/srv/x");
  EXPECT_EQ(read("ssh://me@[::1]:2222/srv/x"), "ssh ssh://me@[::1]:2222/srv/x");
  EXPECT_EQ(read("ssh://me@host:22/~/x"), "ssh ssh://me@host/~/x");
  EXPECT_EQ(read("/srv/policy/"), "path /srv/policy");
  EXPECT_EQ(read("file:///srv/policy"), "path /srv/policy");
  EXPECT_EQ(read("file://localhost/srv/policy"), "path /srv/policy");
  std::string here = "path " + std::filesystem::current_path().string();
  EXPECT_EQ(read("policy"), here + "/policy");
  EXPECT_EQ(read("./a@b:c"), here + "/a@b:c");
  EXPECT_EQ(read("/srv/x/../policy"), "path /srv/policy");
}

TEST(Location, RefusesWhatIsUnsafeOrUnclear) {
  std::string invalid(base::code_name(Code::kInvalid));
  std::string unsupported(base::code_name(Code::kUnsupported));
  EXPECT_EQ(read("http://git.example.com/x"), base::code_name(Code::kDenied));
  EXPECT_EQ(read("git://git.example.com/x"), unsupported);
  EXPECT_TRUE(read("ext::sh -c true").starts_with("path /"));  // and nothing is run
  for (const char* url :
       {"", "https://", "https://user:secret@host/x", "https://host/x?token=1", "ssh://host",
        "ssh://-oProxyCommand=x/y", "-oProxyCommand@host:x", "git@-host:x", "git@host:-x",
        "git@host:", "ssh://me:secret@host/x", "ssh://host:0/x", "ssh://host:99999/x",
        "ssh://[::1/x", "ssh://ho st/x", "file://host/x", "/srv/\nx"}) {
    EXPECT_EQ(read(url), invalid) << url;
  }
  Remote remote;
  remote.url = "https://user:secret@host/x";
  EXPECT_EQ(parse_location(remote).error().message().find("secret"), std::string::npos);
}

TEST(Location, ChecksRefs) {
  for (const char* ref : {"", "main", "feature/x", "v1.0", "refs/heads/main", "a@b",
                          "0123456789012345678901234567890123456789"}) {
    EXPECT_TRUE(check_ref(ref)) << ref;
  }
  for (const char* ref :
       {"-x", "a..b", "a b",  "a~1", "a^",   "a:b",    "a?", "a*", "a[",    "a\\b",
        "/a", "a/",   "a//b", ".a",  "a/.b", "a.lock", "a.", "@",  "a@{1}", "a\x7f"}) {
    EXPECT_FALSE(check_ref(ref)) << ref;
  }
  EXPECT_EQ(check_ref(std::string(64, 'a')).error().code(), Code::kUnsupported);
}

TEST(Location, ChecksSubdirectories) {
  EXPECT_TRUE(check_subdirectory(""));
  EXPECT_TRUE(check_subdirectory("a/b"));
  for (const char* path : {"/a", "a/", "a//b", "..", "a/../b", ".", "a\nb"}) {
    EXPECT_FALSE(check_subdirectory(path)) << path;
  }
}

}  // namespace
}  // namespace bulkhead::gitsync
