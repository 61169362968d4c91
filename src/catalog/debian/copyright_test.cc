// SPDX-License-Identifier: Apache-2.0
#include "catalog/debian/copyright.h"

#include <gtest/gtest.h>

namespace bulkhead::catalog {
namespace {

TEST(Copyright, TurnsDebianNamesIntoExpressions) {
  const std::pair<const char*, const char*> rows[] = {
      {"GPL-2+", "GPL-2.0-or-later"},
      {"GPL-2", "GPL-2.0-only"},
      {"GPL-3.0-or-later", "GPL-3.0-or-later"},
      {"LGPL-2.1+", "LGPL-2.1-or-later"},
      {"GFDL-1.3", "GFDL-1.3-only"},
      {"Expat", "MIT"},
      {"BSD-3-clause or GPL-2+", "BSD-3-Clause OR GPL-2.0-or-later"},
      {"GPL-2+ or Artistic, and Expat", "(GPL-2.0-or-later OR Artistic-1.0-Perl) AND MIT"},
      {"GPL-2+ with OpenSSL exception", "GPL-2+ with OpenSSL exception"},
      {"public-domain", "public-domain"},
      {"GPL", "GPL"},
      {"and", "and"},
      {"MIT or", "MIT or"},
      {"", ""},
  };
  for (const auto& [declared, want] : rows) {
    EXPECT_EQ(debian::licence_expression(declared), want) << declared;
  }
}

}  // namespace
}  // namespace bulkhead::catalog
