// SPDX-License-Identifier: Apache-2.0
#include "catalog/debian/copyright.h"

#include <gtest/gtest.h>

#include "catalog/path_list.h"

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

TEST(PathList, PacksAndUnpacks) {
  std::vector<std::string> out;
  unpack_paths(pack_paths({"/.", "/usr", "/usr/bin", "/usr/bin/b", "usr/bin/a", "./usr/bin-x", "",
                           "/usr/bin/a", "/usr/bin.y", "/usr/bin/sub/", "/usr/bin/sub/c"}),
               out);
  EXPECT_EQ(out, (std::vector<std::string>{"usr/bin-x", "usr/bin.y", "usr/bin/a", "usr/bin/b",
                                           "usr/bin/sub/c"}));
  std::vector<std::string> shared;
  std::vector<std::string> want = {std::string(600, 'a'), std::string(600, 'a') + "b"};
  unpack_paths(pack_paths({want[1], want[0]}), shared);
  EXPECT_EQ(shared, want);
  std::vector<std::string> bad;
  unpack_paths(std::string_view("\x05x\n", 3), bad);
  EXPECT_TRUE(bad.empty());
}

TEST(PathList, FindsDirectoriesBehindManyNeighbours) {
  std::vector<std::string> names = {"d"};
  for (int i = 0; i < 50; ++i) names.push_back("d-" + std::to_string(i));
  names.push_back("d/file");
  std::vector<std::string> out;
  unpack_paths(pack_paths({names.begin(), names.end()}), out);
  EXPECT_EQ(out.size(), 51u);
}

}  // namespace
}  // namespace bulkhead::catalog
