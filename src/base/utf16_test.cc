// SPDX-License-Identifier: Apache-2.0
#include "base/utf16.h"

#include <gtest/gtest.h>

namespace bulkhead::base {
namespace {

using namespace std::string_view_literals;

TEST(Utf16, IsDecodedByItsMark) {
  EXPECT_EQ(decode_utf16("\xff\xfe"
                         "a\0\xe4\0\xac\x20"sv),
            "a\u00e4\u20ac");
  EXPECT_EQ(decode_utf16("\xfe\xff"
                         "\0a\0\xe4\x20\xac"sv),
            "a\u00e4\u20ac");
  EXPECT_EQ(decode_utf16("\xff\xfe"sv), "");
  EXPECT_EQ(decode_utf16("a\0"sv), std::nullopt);
  EXPECT_EQ(decode_utf16("\xef\xbb\xbf"
                         "a"sv),
            std::nullopt);
  EXPECT_EQ(decode_utf16(""sv), std::nullopt);
}

TEST(Utf16, PairsAndWhatIsBroken) {
  EXPECT_EQ(decode_utf16("\xff\xfe\x3d\xd8\x00\xde"sv), "\U0001f600");
  EXPECT_EQ(decode_utf16("\xff\xfe\x3d\xd8"
                         "a\0"sv),
            "\ufffd"
            "a");  // a high one alone
  EXPECT_EQ(decode_utf16("\xff\xfe\x00\xde"sv), "\ufffd");
  EXPECT_EQ(decode_utf16("\xff\xfe\x3d\xd8"sv), "\ufffd");
  EXPECT_EQ(decode_utf16("\xff\xfe"
                         "a\0b"sv),
            "a");  // half a unit
}

}  // namespace
}  // namespace bulkhead::base
