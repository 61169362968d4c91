// SPDX-License-Identifier: Apache-2.0
#include "version/rpm_evr.h"

#include <gtest/gtest.h>

namespace bulkhead::version {
namespace {

TEST(RpmEvr, SplitsNames) {
  struct Case {
    std::string_view text, name, epoch, version, release, arch;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"bash-5.1.8-6.el9.x86_64", "bash", "", "5.1.8", "6.el9", "x86_64"},
           {"bash-0:5.1.8-6.el9.x86_64", "bash", "0", "5.1.8", "6.el9", "x86_64"},
           {"1:bash-5.1.8-6.el9.x86_64", "bash", "1", "5.1.8", "6.el9", "x86_64"},
           {"java-17-openjdk-17.0.1.0.12-2.el8_5.src", "java-17-openjdk", "", "17.0.1.0.12",
            "2.el8_5", "src"},
           {"2:1.0-3", "", "2", "1.0", "3", ""},
           {"1.0-3.noarch", "", "", "1.0", "3", "noarch"},
           {"1.0", "", "", "1.0", "", ""},
           {"kernel-6.1-1.fc39", "kernel", "", "6.1", "1.fc39", ""},
           {"", "", "", "", "", ""},
       }) {
    Nevra nevra = split_nevra(c.text);
    EXPECT_EQ(nevra.name, c.name) << c.text;
    EXPECT_EQ(nevra.evr.epoch, c.epoch) << c.text;
    EXPECT_EQ(nevra.evr.version, c.version) << c.text;
    EXPECT_EQ(nevra.evr.release.value_or(""), c.release) << c.text;
    EXPECT_EQ(nevra.arch, c.arch) << c.text;
  }
}

TEST(RpmEvr, TellsNoReleaseFromAnEmptyOne) {
  EXPECT_FALSE(split_evr("1.0").release.has_value());
  EXPECT_EQ(split_evr("1.0-").release, "");
}

TEST(RpmEvr, OrdersNames) {
  auto order = [](std::string_view a, std::string_view b) {
    return compare_nevra(split_nevra(a), split_nevra(b));
  };
  EXPECT_TRUE(order("a-2-1", "b-1-1") < 0);
  EXPECT_TRUE(order("a-1:1-1", "a-2-1") > 0);
  EXPECT_TRUE(order("a-0:1-1.noarch", "a-1-1.noarch") == 0);
  EXPECT_TRUE(order("a-1-1", "a-1-1.noarch") < 0);
  EXPECT_TRUE(order("a-1-1.aarch64", "a-1-1.x86_64") < 0);
}

}  // namespace
}  // namespace bulkhead::version
