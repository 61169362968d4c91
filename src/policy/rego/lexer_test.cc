// SPDX-License-Identifier: Apache-2.0
#include "policy/rego/lexer.h"

#include <gtest/gtest.h>

#include <string>

namespace bulkhead::policy::rego {
namespace {

std::string token_texts(std::string_view rego) {
  std::string out;
  for (const Token& token : lex("a.rego", rego).tokens) {
    if (!out.empty()) out += '|';
    out += token.text;
  }
  return out;
}

TEST(Lexer, SplitsIntoTokens) {
  EXPECT_EQ(token_texts("deny contains msg if { x := a.b[_] }"),
            "deny|contains|msg|if|{|x|:=|a|.|b|[|_|]|}");
  EXPECT_EQ(token_texts("a!=b;c<=-1.5e+3"), "a|!=|b|;|c|<=|-|1.5e+3");
  EXPECT_EQ(token_texts("x == 1 # why\ny"), "x|==|1|# why|y");
  EXPECT_EQ(token_texts("1.e"), "1|.|e");
  EXPECT_EQ(token_texts("a := `raw \\ \"x\n` b"), "a|:=|`raw \\ \"x\n`|b");
  EXPECT_EQ(token_texts(R"("a\"b" c)"), R"("a\"b"|c)");
  EXPECT_EQ(token_texts(R"($"a {f("}")} \{ b" c)"), R"($"a {f("}")} \{ b"|c)");
  EXPECT_EQ(token_texts("\xef\xbb\xbfpackage a\r\n"), "package|a");
}

TEST(Lexer, KnowsPlaces) {
  const std::string text = "é := \"ä\" # x\n  `a\nb` y";
  const Lexed lexed = lex("a.rego", text);
  ASSERT_EQ(lexed.tokens.size(), 5u);
  EXPECT_EQ(lexed.tokens[1].column, 6u);  // the string; é is no token
  EXPECT_EQ(lexed.tokens[2].kind, TokenKind::kComment);
  EXPECT_EQ(lexed.tokens[2].column, 10u);
  const Token& raw = lexed.tokens[3];
  EXPECT_EQ(raw.line, 2u);
  EXPECT_EQ(raw.column, 3u);
  EXPECT_EQ(raw.last_line(), 3u);
  EXPECT_EQ(lexed.tokens[4].line, 3u);
  EXPECT_EQ(lexed.tokens[4].column, 4u);
  ASSERT_EQ(lexed.problems.size(), 1u);
  EXPECT_EQ(to_string(lexed.problems[0]), "a.rego:1:1: 'é' has no meaning here");
}

TEST(Lexer, TellsWhetherSpaceStandsBefore) {
  const Lexed lexed = lex("a.rego", "f(x) (y)#\nz");
  std::string out;
  for (const Token& token : lexed.tokens) out += token.after_space ? '_' : '.';
  EXPECT_EQ(out,
            "_..."
            "_..."
            "_");
}

TEST(Lexer, GoesOnAfterWhatItCannotRead) {
  const Lexed lexed = lex("a.rego", "x := \"open\ny := 'a'\n`never");
  EXPECT_EQ(lexed.tokens.size(), 5u);  // x := y := a
  ASSERT_EQ(lexed.problems.size(), 4u);
  EXPECT_EQ(to_string(lexed.problems[0]), "a.rego:1:6: a string without end; close it with \"");
  EXPECT_EQ(lexed.problems[3].line, 3u);
  EXPECT_EQ(lex("a.rego", R"("a\d")").problems.size(), 1u);
}

TEST(Lexer, ResolvesEscapes) {
  const auto value = [](std::string_view rego) {
    return string_value(lex("a.rego", rego).tokens.at(0));
  };
  EXPECT_EQ(value(R"("a\n\"\\\/\u00e9\ud83d\ude00\ud83d")"), "a\n\"\\/é😀\xef\xbf\xbd");
  EXPECT_EQ(value("`a\\n`"), "a\\n");
}

TEST(Lexer, KnowsKeywordsOfEachDialect) {
  EXPECT_TRUE(is_keyword("not", false));
  EXPECT_FALSE(is_keyword("if", false));
  EXPECT_TRUE(is_keyword("if", true));
  EXPECT_FALSE(is_keyword("deny", true));
}

}  // namespace
}  // namespace bulkhead::policy::rego
