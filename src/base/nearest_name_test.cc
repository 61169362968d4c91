// SPDX-License-Identifier: Apache-2.0
// Names that are misspelt, and names that are others.
#include "base/nearest_name.h"

#include <gtest/gtest.h>

namespace bulkhead::base {
namespace {

TEST(NearestName, SlipsOfThePen) {
  const std::vector<std::string> known = {"Go", "Debian", "npm", "crates.io"};
  EXPECT_EQ(nearest_name("Debain", known), "Debian");
  EXPECT_EQ(nearest_name("crate.io", known), "crates.io");
  // Of other letters than "Go" by one, but the same as "npm" but for their case.
  EXPECT_EQ(nearest_name("NPM", known), "npm");
  EXPECT_EQ(nearest_name("Conda forge", known), "");
  EXPECT_EQ(nearest_name(std::string(200, 'a'), known), "");
}

}  // namespace
}  // namespace bulkhead::base
