// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"

#include <gtest/gtest.h>

namespace bulkhead::base {
namespace {

TEST(Text, GlobMatchesWholePaths) {
  struct Case {
    const char* pattern;
    const char* path;
    bool want;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"etc/os-release", "etc/os-release", true},
           {"etc/*", "etc/os-release", true},
           {"etc/*", "etc/a/b", false},
           {"**/package.json", "package.json", true},
           {"**/package.json", "a/b/package.json", true},
           {"**/package.json", "a/b/xpackage.json", false},
           {"a/**", "a/b/c", true},
           {"a/**", "b/a/c", false},
           {"a/**/z", "a/z", true},
           {"a/**/z", "a/b/c/z", true},
           {"a/**/z", "a/b/c/zz", false},
           {"*.whl", "x.whl", true},
           {"?.c", "a.c", true},
           {"?.c", "/.c", false},
           {"**", "anything/at/all", true},
           {"", "", true},
           {"", "a", false},
           {"**/*.dist-info/METADATA", "usr/lib/x-1.dist-info/METADATA", true},
       }) {
    EXPECT_EQ(glob_match(c.pattern, c.path), c.want) << c.pattern << " ~ " << c.path;
  }
}

TEST(Text, PrintableHidesWhatATerminalWouldObey) {
  EXPECT_EQ(printable("a\x1b[31mb", 100), "a\\x1b[31mb");
  const std::string right_to_left = {'\xe2', '\x80', '\xae'};
  EXPECT_EQ(printable(right_to_left, 100), "\\xe2\\x80\\xae");
  EXPECT_EQ(printable("\xc2\x9b", 100), "\\xc2\\x9b");                    // C1: begins a sequence
  EXPECT_EQ(printable("\xe2\x80\xa8", 100), "\\xe2\\x80\\xa8");           // line separator
  EXPECT_EQ(printable("\xf3\xa0\x81\x81", 100), "\\xf3\\xa0\\x81\\x81");  // invisible tag
  EXPECT_EQ(printable("\xff", 100), "\xef\xbf\xbd");
  EXPECT_EQ(printable("abcdef", 3), "abc...");
  EXPECT_EQ(printable("gr\xc3\xbc\xc3\x9f", 100), "gr\xc3\xbc\xc3\x9f");
}

TEST(Text, Utf8) {
  EXPECT_TRUE(is_utf8("\xf0\x9f\x98\x80"));
  EXPECT_FALSE(is_utf8("\xc0\x80"));      // overlong
  EXPECT_FALSE(is_utf8("\xed\xa0\x80"));  // surrogate
  EXPECT_FALSE(is_utf8("\xf4\x90\x80\x80"));
  EXPECT_EQ(to_utf8("a\xffz"), "a\xef\xbf\xbdz");
  std::string out;
  for (uint32_t code : {0x41u, 0xe9u, 0x20acu, 0x1f600u}) append_utf8(code, out);
  EXPECT_EQ(out, "A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
}

TEST(Text, LinesAndCuts) {
  std::string_view text = "one\r\ntwo\n\nlast";
  std::vector<std::string> lines;
  for (std::string_view line; next_line(text, line);) lines.emplace_back(line);
  EXPECT_EQ(lines, (std::vector<std::string>{"one", "two", "", "last"}));
  EXPECT_EQ(cut("a=b=c", "=")->second, "b=c");
  EXPECT_EQ(cut_last("a=b=c", "=")->second, "c");
  EXPECT_FALSE(cut("abc", "="));
  EXPECT_EQ(split("a::b", ':').size(), 3u);
}

TEST(Text, Numbers) {
  EXPECT_EQ(to_number<int>("42"), 42);
  EXPECT_FALSE(to_number<int>("42x"));
  EXPECT_FALSE(to_number<int>(""));
  EXPECT_FALSE(to_number<uint8_t>("256"));
}

}  // namespace
}  // namespace bulkhead::base
