// SPDX-License-Identifier: Apache-2.0
#include "policy/rego/edits.h"

#include <gtest/gtest.h>

namespace bulkhead::policy::rego {
namespace {

TEST(Edits, AreAppliedAndMappedBack) {
  PlaceMap map;
  EXPECT_EQ(apply_edits("a.if + b.in\nc", {{8, 3, "[\"in\"]"}, {1, 3, "[\"if\"]"}}, map),
            "a[\"if\"] + b[\"in\"]\nc");
  EXPECT_EQ(map.original_column(1, 1), 1u);
  EXPECT_EQ(map.original_column(1, 2), 2u);   // the first change
  EXPECT_EQ(map.original_column(1, 5), 2u);   // inside of it
  EXPECT_EQ(map.original_column(1, 9), 6u);   // +
  EXPECT_EQ(map.original_column(1, 11), 8u);  // b
  EXPECT_EQ(map.original_column(1, 12), 9u);
  EXPECT_EQ(map.original_column(2, 1), 1u);
}

TEST(Edits, MayInsertSeveralAtOnePlaceAndSpanLines) {
  PlaceMap map;
  EXPECT_EQ(apply_edits("äb\nc d", {{2, 0, "1"}, {2, 0, "2"}, {3, 3, "\nXYZ "}}, map),
            "ä12b\nXYZ d");
  EXPECT_EQ(map.original_column(1, 4), 2u);
  EXPECT_EQ(map.original_column(2, 5), 3u);
}

}  // namespace
}  // namespace bulkhead::policy::rego
