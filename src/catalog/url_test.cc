// SPDX-License-Identifier: Apache-2.0
#include "catalog/url.h"

#include <gtest/gtest.h>

namespace bulkhead::catalog {
namespace {

TEST(Url, LosesSecrets) {
  struct Case {
    const char* url;
    const char* want;
  };
  const Case cases[] = {
      {"https://example.org/a@b", "https://example.org/a@b"},
      {"https://token@example.org/a", "https://example.org/a"},
      {"git+https://user:pass@example.org/a.git@v1", "git+https://example.org/a.git@v1"},
      {"https://user:p@ss@example.org", "https://example.org"},
      {"ssh://git@example.org/a", "ssh://git@example.org/a"},
      {"ssh://git:pass@example.org/a", "ssh://git@example.org/a"},
      {"git@example.org:a/b.git", "git@example.org:a/b.git"},
      {"./local/path", "./local/path"},
      {"https://example.org?x=a@b", "https://example.org?x=a@b"},
      {"", ""},
  };
  for (const Case& c : cases) EXPECT_EQ(public_url(c.url), c.want) << c.url;
}

TEST(Url, BecomesQualifiers) {
  model::Package package;
  set_vcs_url(package, "", "1");
  set_download_url(package, "");
  EXPECT_TRUE(package.qualifiers.empty());
  set_vcs_url(package, "https://t@example.org/a.git", "abc");
  EXPECT_EQ(package.qualifiers["vcs_url"], "git+https://example.org/a.git@abc");
  set_vcs_url(package, "git+ssh://git@example.org/a.git", "");
  EXPECT_EQ(package.qualifiers["vcs_url"], "git+ssh://git@example.org/a.git");
}

}  // namespace
}  // namespace bulkhead::catalog
