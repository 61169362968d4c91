// SPDX-License-Identifier: Apache-2.0
#include "base/counted.h"

#include <gtest/gtest.h>

namespace bulkhead::base {
namespace {

TEST(Counted, Plurals) {
  EXPECT_EQ(counted(0, "pack"), "0 packs");
  EXPECT_EQ(counted(1, "pack"), "1 pack");
  EXPECT_EQ(counted(2, "described rule"), "2 described rules");
  EXPECT_EQ(counted(1, "vulnerability"), "1 vulnerability");
  EXPECT_EQ(counted(3, "vulnerability"), "3 vulnerabilities");
  EXPECT_EQ(counted(1, "day"), "1 day");
  EXPECT_EQ(counted(21, "day"), "21 days");
}

}  // namespace
}  // namespace bulkhead::base
