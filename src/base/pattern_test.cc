// SPDX-License-Identifier: Apache-2.0
#include "base/pattern.h"

#include <gtest/gtest.h>

#include <string>

namespace bulkhead::base {
namespace {

bool matches(const char* expression, const std::string& text) {
  auto pattern = Pattern::compile(expression);
  EXPECT_TRUE(pattern) << expression << ": " << (pattern ? "" : pattern.error().message());
  return pattern && pattern->search(text);
}

TEST(Pattern, Matches) {
  struct Case {
    const char* expression;
    const char* text;
  };
  for (auto [expression, text] : {
           Case{"b", "abc"},
           Case{"^abc$", "abc"},
           Case{"^a|c$", "xc"},
           Case{"^(a|b|cd)+$", "abcdb"},
           Case{"^[0-9a-f]{4}$", "0af9"},
           Case{"^[^a]$", "b"},
           Case{"^[^a]$", "\xc3\xa4"},
           Case{"^.$", "\xe2\x82\xac"},
           Case{"^a{2,3}$", "aaa"},
           Case{"^a{2,}$", "aaaaa"},
           Case{"^a?b*?c+$", "cc"},
           Case{"^\\d\\.\\d$", "1.2"},
           Case{"^[\\w-]+$", "a-b_c"},
           Case{"^[-+a-z0-9.]+/[-+a-z0-9.]+$", "text/x-c++"},
           Case{"^(?:ab){0,2}$", ""},
           Case{"^([a-z]{2})(-[A-Z]{2})?$", "en-GB"},
           Case{"^((a|b)c|d)*e$", "acbcde"},
           Case{"", ""},
           Case{"^$", ""},
           Case{"x*", "yyy"},
           Case{"^[a\\]]+$", "a]"},
       }) {
    EXPECT_TRUE(matches(expression, text)) << expression << " on " << text;
  }
}

TEST(Pattern, DoesNotMatch) {
  EXPECT_FALSE(matches("^abc$", "abcd"));
  EXPECT_FALSE(matches("^[0-9a-f]{4}$", "0af"));
  EXPECT_FALSE(matches("^[0-9a-f]{4}$", "0af90"));
  EXPECT_FALSE(matches("^a{2,3}$", "aaaa"));
  EXPECT_FALSE(matches("^.$", "\n"));
  EXPECT_FALSE(matches("^(a|bc)$", "b"));
  EXPECT_FALSE(matches("^\\S+$", "a b"));
  EXPECT_FALSE(matches("^([a-z]{2})(-[A-Z]{2})?$", "en-gb"));
}

TEST(Pattern, RefusesWhatItCannotDo) {
  for (const char* expression : {"(", ")", "a{", "*", "[a", "\\", "a{3,2}", "(?=a)", "\\1",
                                 "(((a{50}){50}){50}){50}", "[z-a]"}) {
    EXPECT_FALSE(Pattern::compile(expression)) << expression;
  }
}

TEST(Pattern, IsLinear) {
  // Exponential for a backtracking matcher.
  EXPECT_FALSE(matches("^(a|a)*b$", std::string(20000, 'a')));
  EXPECT_FALSE(matches("^(a*)*$", std::string(20000, 'a') + "b"));
}

}  // namespace
}  // namespace bulkhead::base
