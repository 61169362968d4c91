// SPDX-License-Identifier: Apache-2.0
#include "oci/platform.h"

#include <gtest/gtest.h>

namespace bulkhead::oci {
namespace {

TEST(Platform, Parses) {
  const std::pair<const char*, const char*> cases[] = {
      {"linux/amd64", "linux/amd64"},
      {"linux/amd64/v1", "linux/amd64"},
      {"linux/amd64/v3", "linux/amd64/v3"},
      {"linux/x86_64", "linux/amd64"},
      {"arm64", "linux/arm64"},
      {"linux/arm64/v8", "linux/arm64"},
      {"linux/arm64/8", "linux/arm64"},
      {"Linux/AArch64", "linux/arm64"},
      {"linux/arm", "linux/arm/v7"},
      {"linux/arm/6", "linux/arm/v6"},
      {"linux/armhf", "linux/arm/v7"},
      {"linux/armel", "linux/arm/v6"},
      {"linux/i386", "linux/386"},
      {"windows/amd64", "windows/amd64"},
      {"linux/riscv64", "linux/riscv64"},
      {"s390x", "linux/s390x"},
      {"linux/foo", "linux/foo"},
  };
  for (const auto& [text, expected] : cases) {
    auto platform = Platform::parse(text);
    ASSERT_TRUE(platform) << text;
    EXPECT_EQ(platform->to_string(), expected) << text;
  }
  EXPECT_EQ(Platform::parse("linux")->to_string(), Platform::host().to_string());
  for (const char* bad :
       {"", "/", "linux/", "/amd64", "a/b/c/d", "linux/amd 64", "linux//v8", "foo", "amd46"}) {
    EXPECT_FALSE(Platform::parse(bad)) << bad;
  }
}

TEST(Platform, RanksAsContainerdDoes) {
  struct Case {
    const char* wanted;
    const char* offered;
    int rank;  // -1: cannot run
  };
  const Case cases[] = {
      {"linux/amd64", "linux/amd64", 0},       {"linux/amd64", "linux/amd64/v1", 0},
      {"linux/amd64", "linux/amd64/v2", -1},   {"linux/amd64", "linux/386", 1},
      {"linux/amd64/v3", "linux/amd64/v3", 0}, {"linux/amd64/v3", "linux/amd64/v2", 1},
      {"linux/amd64/v3", "linux/amd64", 2},    {"linux/amd64", "windows/amd64", -1},
      {"linux/arm/v7", "linux/arm", 0},        {"linux/arm/v7", "linux/arm/v6", 1},
      {"linux/arm/v7", "linux/arm/v5", 2},     {"linux/arm/v6", "linux/arm/v7", -1},
      {"linux/arm64", "linux/arm64/v8", 0},    {"linux/arm64/v8", "linux/arm64", 0},
      {"linux/arm64", "linux/arm/v8", 1},      {"linux/arm64", "linux/arm/v7", 2},
      {"linux/arm64/v9", "linux/arm64", 1},    {"linux/arm64", "linux/amd64", -1},
      {"linux/386", "linux/amd64", -1},        {"linux/amd64/v4294967295", "linux/amd64", 31},
  };
  for (const Case& c : cases) {
    auto rank = platform_rank(*Platform::parse(c.wanted), *Platform::parse(c.offered));
    EXPECT_EQ(rank ? static_cast<int>(*rank) : -1, c.rank) << c.wanted << " " << c.offered;
  }
}

}  // namespace
}  // namespace bulkhead::oci
