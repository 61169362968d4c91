// SPDX-License-Identifier: Apache-2.0
#include "net/url.h"

#include <gtest/gtest.h>

namespace bulkhead::net {
namespace {

TEST(Url, TakesApartAndPutsTogether) {
  struct Case {
    const char* text;
    const char* scheme;
    const char* host;
    int port;
    const char* path;
    const char* query;
    const char* again;
  };
  const Case cases[] = {
      {"https://Example.COM", "https", "example.com", 443, "/", "", "https://example.com/"},
      {"http://h:8080/a/b?x=1#f", "http", "h", 8080, "/a/b", "x=1", "http://h:8080/a/b?x=1"},
      {"https://[::1]:5000/v2/", "https", "[::1]", 5000, "/v2/", "", "https://[::1]:5000/v2/"},
      {"http://127.1/x", "http", "127.0.0.1", 80, "/x", "", "http://127.0.0.1/x"},
      {"https://h:443/", "https", "h", 443, "/", "", "https://h/"},
      {"https://u:p%40w@h/", "https", "h", 443, "/", "", "https://h/"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.text);
    auto url = Url::parse(c.text);
    ASSERT_TRUE(url) << url.error().message();
    EXPECT_EQ(url->scheme, c.scheme);
    EXPECT_EQ(url->host, c.host);
    EXPECT_EQ(url->port, c.port);
    EXPECT_EQ(url->path, c.path);
    EXPECT_EQ(url->query, c.query);
    EXPECT_EQ(url->to_string(), c.again);
  }
  auto url = Url::parse("https://u:p%40w@h/");
  EXPECT_EQ(url->user, "u");
  EXPECT_EQ(url->password, "p@w");
}

TEST(Url, RefusesWhatIsNoWebAddress) {
  for (const char* text : {"", "example.com", "ftp://h/", "file:///etc/passwd", "http://", "/a/b",
                           "http://h:0/", "http://h:99999/", "http://a b/", "http://h/\r\nX: y",
                           "gopher://h/", "http://[fe80::1%25eth0]/"}) {
    EXPECT_FALSE(Url::parse(text)) << text;
  }
  EXPECT_FALSE(Url::parse("http://h/" + std::string(Url::kMaxBytes, 'a')));
}

TEST(Url, Resolves) {
  auto base = Url::parse("https://u:p@h:444/a/b/c?q=1");
  ASSERT_TRUE(base);
  struct Case {
    const char* reference;
    const char* expected;  // "" refused
  };
  for (const Case& c : std::initializer_list<Case>{
           {"d", "https://h:444/a/b/d"},
           {"../d?e=f", "https://h:444/a/d?e=f"},
           {"/x", "https://h:444/x"},
           {"//other/x", "https://other/x"},
           {"http://plain/x", "http://plain/x"},
           {"https://me:you@other/x", "https://other/x"},
           {"/with space", "https://h:444/with%20space"},
           {"file:///etc/passwd", ""},
           {"javascript:alert(1)", ""},
       }) {
    auto url = base->resolve(c.reference);
    EXPECT_EQ(url ? url->to_string() : "", c.expected) << c.reference;
    if (url) {
      EXPECT_EQ(url->user + url->password, "");
    }
  }
}

TEST(Url, ShowsNoSecrets) {
  auto url = Url::parse("https://me:hunter2@h/p?X-Amz-Signature=hunter2");
  EXPECT_EQ(url->display(), "https://h/p?...");
  EXPECT_EQ(redact_urls("see https://me:hunter2@h/p?t=hunter2, or http://x@y and ftp://z/#s"),
            "see https://h/p?... or http://y and ftp://z/?...");
  EXPECT_EQ(redact_urls("no address"), "no address");
}

TEST(Url, KnowsLoopback) {
  for (const char* host : {"localhost", "LOCALHOST", "127.0.0.1", "127.9.9.9", "[::1]", "::1"}) {
    EXPECT_TRUE(Url::is_loopback_host(host)) << host;
  }
  for (const char* host : {"", "localhost.example.com", "128.0.0.1", "127.0.0.1.nip.io", "[::2]",
                           "0.0.0.0", "10.0.0.1"}) {
    EXPECT_FALSE(Url::is_loopback_host(host)) << host;
  }
}

TEST(Url, PercentEncodes) { EXPECT_EQ(percent_encode("a/b c~\xff"), "a%2Fb%20c~%FF"); }

}  // namespace
}  // namespace bulkhead::net
