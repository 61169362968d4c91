// SPDX-License-Identifier: Apache-2.0
#include "sbom/licence.h"

#include <gtest/gtest.h>

namespace bulkhead::sbom {
namespace {

TEST(Licence, Canonical) {
  struct Case {
    const char* text;
    const char* canonical;
  };
  for (auto [text, canonical] : {
           Case{"mit", "MIT"},
           Case{" ( MIT ) ", "MIT"},
           Case{"MIT OR Apache-2.0", "Apache-2.0 OR MIT"},
           Case{"(MIT or (Apache-2.0 Or MIT))", "Apache-2.0 OR MIT"},
           Case{"MIT AND (ISC OR Zlib)", "(ISC OR Zlib) AND MIT"},
           Case{"MIT OR ISC AND Zlib", "ISC AND Zlib OR MIT"},
           Case{"GPL-2.0-only WITH classpath-exception-2.0",
                "GPL-2.0-only WITH Classpath-exception-2.0"},
           Case{"Apache-1.0+", "Apache-1.0+"},
           Case{"LicenseRef-x AND DocumentRef-y:LicenseRef-z",
                "DocumentRef-y:LicenseRef-z AND LicenseRef-x"},
       }) {
    EXPECT_EQ(canonical_licence(text).value_or("-"), canonical) << text;
  }
}

TEST(Licence, AreListedWithoutRegardToCase) {
  EXPECT_EQ(listed_licence("0bsd"), "0BSD");
  EXPECT_EQ(listed_licence("x11"), "X11");
  EXPECT_EQ(listed_licence("zpl-2.1"), "ZPL-2.1");
  for (const char* other : {"", "0", "X1", "X111", "zzz", "ZPL-2.1ZPL"}) {
    EXPECT_EQ(listed_licence(other), "") << other;
  }
}

TEST(Licence, NotAnExpression) {
  for (const char* text : {"", "(", "MIT OR", "MIT MIT", "GPL", "BSD-3-clause~Google", "A, B",
                           "MIT WITH", "MIT WITH Nothing-exception", "LicenseRef-", "()"}) {
    EXPECT_FALSE(canonical_licence(text)) << text;
  }
  EXPECT_FALSE(canonical_licence(std::string(1000, '(')));
}

TEST(Licence, Refs) {
  EXPECT_TRUE(canonical_licence(licence_ref("The \"Foo\" licence, v1")));
  EXPECT_NE(licence_ref("a b"), licence_ref("a-b"));
}

}  // namespace
}  // namespace bulkhead::sbom
