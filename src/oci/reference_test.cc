// SPDX-License-Identifier: Apache-2.0
#include "oci/reference.h"

#include <gtest/gtest.h>

namespace bulkhead::oci {
namespace {

const std::string kSomeDigest = "sha256:" + std::string(64, 'a');

TEST(Reference, CompletesAndWritesInFull) {
  struct Case {
    std::string text;
    std::string full;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"debian", "docker.io/library/debian:latest"},
           {"debian:12", "docker.io/library/debian:12"},
           {"docker.io/debian", "docker.io/library/debian:latest"},
           {"index.docker.io/debian:12", "docker.io/library/debian:12"},
           {"user/app", "docker.io/user/app:latest"},
           {"a/b/c:t", "docker.io/a/b/c:t"},
           {"localhost/app", "localhost/app:latest"},
           {"localhost:5000/app", "localhost:5000/app:latest"},
           {"app:5000", "docker.io/library/app:5000"},
           {"Host/app", "Host/app:latest"},
           {"registry.Example.com/Team-less/app", ""},
           {"registry.Example.com/team/app:V1.2_x-y", "registry.example.com/team/app:V1.2_x-y"},
           {"127.0.0.1:5000/app", "127.0.0.1:5000/app:latest"},
           {"[::1]:5000/app", "[::1]:5000/app:latest"},
           {"[2001:DB8::1]/app:1", "[2001:db8::1]/app:1"},
           {"debian@" + kSomeDigest, "docker.io/library/debian@" + kSomeDigest},
           {"ghcr.io/o/r:1@" + kSomeDigest, "ghcr.io/o/r:1@" + kSomeDigest},
           {"a__b/c.d/e---f/g_h", "docker.io/a__b/c.d/e---f/g_h:latest"},
           {"r.io/" + std::string(255, 'a'), "r.io/" + std::string(255, 'a') + ":latest"},
       }) {
    auto parsed = Reference::parse(c.text);
    EXPECT_EQ(parsed ? parsed->to_string() : "", c.full) << c.text;
    if (parsed) {
      EXPECT_EQ(*Reference::parse(parsed->to_string()), *parsed);
    }
  }
}

TEST(Reference, RefusesWhatTheGrammarDoes) {
  for (const std::string& text :
       std::initializer_list<std::string>{"",
                                          "/",
                                          "a/",
                                          "/a",
                                          "a//b",
                                          "Debian",
                                          "a/B",
                                          "-a",
                                          "a-",
                                          "a..b",
                                          "a___b",
                                          "a._b",
                                          "a/-b",
                                          "a:",
                                          "a:-t",
                                          "a:.t",
                                          "a:" + std::string(129, 't'),
                                          "a:t:u",
                                          "a b",
                                          "a\n",
                                          "ä",
                                          "a@",
                                          "a@sha256:12",
                                          "a@md5:" + std::string(32, 'a'),
                                          "a@" + kSomeDigest + "@" + kSomeDigest,
                                          "host.io/",
                                          "host.io:/a",
                                          "host.io:0/a",
                                          "host.io:65536/a",
                                          "host.io:1:2/a",
                                          "host..io/a",
                                          "-h.io/a",
                                          "[::1/a",
                                          "[::g]/a",
                                          "[::1]x/a",
                                          "https://docker.io/debian",
                                          "docker://debian",
                                          "r.io/" + std::string(256, 'a'),
                                          std::string(2000, 'a'),
                                          std::string(248, 'a'),
                                          std::string(64, 'a'),
                                          "a/../b",
                                          "%2e/a",
                                          std::string("a\0b", 3)}) {
    auto parsed = Reference::parse(text);
    EXPECT_FALSE(parsed) << text;
  }
  EXPECT_EQ(Reference::parse("r.io/Team/app").error().message(),
            "image name 'r.io/Team/app': repository names are lower case");
  EXPECT_EQ(Reference::parse("https://r.io/app").error().message(),
            "image name 'https://r.io/app': leave out the 'scheme://' in front");
}

}  // namespace
}  // namespace bulkhead::oci
