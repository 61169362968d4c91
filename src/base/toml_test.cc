// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "base/node.h"

namespace bulkhead::base {
namespace {

// A compact spelling of a tree: {key:value}, [items], 'quoted', plain.
std::string spell(const Node& node) {
  std::string out;
  switch (node.kind) {
    case Node::Kind::kMissing: return "-";
    case Node::Kind::kNull: return "null";
    case Node::Kind::kScalar: return node.plain ? node.text : "'" + node.text + "'";
    case Node::Kind::kSequence:
      for (const Node& item : node.items) out += (out.empty() ? "" : ",") + spell(item);
      return "[" + out + "]";
    case Node::Kind::kMapping:
      for (const auto& [key, value] : node.members) {
        out += (out.empty() ? "" : ",") + key + ":" + spell(value);
      }
      return "{" + out + "}";
  }
  return "?";
}

TEST(Toml, ReadsValues) {
  struct Case {
    const char* text;
    const char* want;
  };
  const Case cases[] = {
      {"", "{}"},
      {"\xef\xbb\xbf# only a comment\n", "{}"},
      {"a = 1\nb = 0x10\nc = -1_000\n", "{a:1,b:0x10,c:-1_000}"},
      {"x = 1.5\ny = 6e2\nz = inf", "{x:1.5,y:6e2,z:inf}"},
      {"t = true\nf = false", "{t:true,f:false}"},
      {"s = \"a\\\"b\\u00e9\"\nl = 'C:\\n'", "{s:'a\"b\xc3\xa9',l:'C:\\n'}"},
      {"m = \"\"\"\none\\\n   two\"\"\"\n", "{m:'onetwo'}"},
      {"q = '''it's'''", "{q:'it's'}"},
      {"d = 1979-05-27\nt = 07:32:00.5\ndt = 1979-05-27 07:32:00-07:30\nz = 1979-05-27T07:32:00Z",
       "{d:1979-05-27,t:07:32:00.5,dt:1979-05-27 07:32:00-07:30,z:1979-05-27T07:32:00Z}"},
      {"z = 1\na.b.c = 2\n\"quoted key\" = 3", "{z:1,a:{b:{c:2}},quoted key:3}"},
      {"[b]\nx=1\n[a]\ny=2\n[b.c]\nz=3", "{b:{x:1,c:{z:3}},a:{y:2}}"},
      {"[[p]]\nn='one'\n[[p]]\nn='two'\n[p.d]\nq=1", "{p:[{n:'one'},{n:'two',d:{q:1}}]}"},
      {"a = [1, [2, 3], {k = 'v', l = []},\n # comment ]\n 4,\n]",
       "{a:[1,[2,3],{k:'v',l:[]},4]}"},
  };
  for (const Case& c : cases) {
    auto node = parse_toml(c.text, {});
    ASSERT_TRUE(node) << c.text << ": " << node.error().message();
    EXPECT_EQ(spell(*node), c.want) << c.text;
  }
}

TEST(Toml, KnowsLines) {
  auto node = parse_toml("a = 1\n\n[t]\nb = [\n  'x',\n  'y',\n]\n[[l]]\n[[l]]\n", {});
  ASSERT_TRUE(node);
  EXPECT_EQ((*node)["a"].line, 1u);
  EXPECT_EQ((*node)["t"].line, 3u);
  EXPECT_EQ((*node)["t"]["b"].items[1].line, 6u);
  EXPECT_EQ((*node)["l"].items[0].line, 8u);
  EXPECT_EQ((*node)["l"].items[1].line, 9u);
}

TEST(Toml, RefusesWhatIsNotToml) {
  for (const char* text :
       {"a", "a = ", "a = 1\na = 2", "[t]\n[t]", "a = [1", "a = 'x", "a = 08", "a = \"\\q\"",
        "[a]\nb=1\n[[a]]", "a = {b = 1\n", "a = 2021-13-01", "a = \"\xff\""}) {
    auto node = parse_toml(text, {});
    ASSERT_FALSE(node) << text;
    EXPECT_EQ(node.error().code(), Code::kInvalid);
    EXPECT_EQ(node.error().message().rfind("line ", 0), 0u) << node.error().message();
  }
}

TEST(Toml, KeepsToLimits) {
  auto repeat = [](std::string_view text, size_t times) {
    std::string out;
    for (size_t i = 0; i < times; ++i) out += text;
    return out;
  };
  const std::string deep[] = {
      "a = " + repeat("[", 100000),
      "a = " + repeat("{a=", 100000),
      repeat("a.", 100000) + "a = 1",
      "[" + repeat("a.", 100000) + "a]",
      "[" + repeat("a.", 40) + "a]\n" + repeat("b.", 40) + "b = 1",
      "a = " + repeat("{a.a.a.a=", 30) + "1" + repeat("}", 30),
  };
  for (const std::string& text : deep) {
    auto node = parse_toml(text, {});
    ASSERT_FALSE(node);
    EXPECT_EQ(node.error().code(), Code::kLimit);
  }
  Limits limits;
  limits.max_entries = 100;
  EXPECT_TRUE(parse_toml("a = [" + repeat("1,", 90) + "]", limits));
  EXPECT_EQ(parse_toml("a = [" + repeat("1,", 100) + "]", limits).error().code(), Code::kLimit);
  EXPECT_EQ(parse_toml(repeat("[[a]]\n", 101), limits).error().code(), Code::kLimit);
  limits.max_string_bytes = 10;
  EXPECT_EQ(parse_toml("a = '" + repeat("x", 20) + "'", limits).error().code(), Code::kLimit);
  limits.max_bytes = 3;
  EXPECT_EQ(parse_toml("a = 1", limits).error().code(), Code::kLimit);
}

// Brackets, dots and commas in strings and comments are not structure.
TEST(Toml, CountsStructureOnly) {
  std::string dots(500, '.');
  std::string brackets(500, '[');
  for (const std::string& text :
       {"a = '" + dots + brackets + "'", "a = \"\\\"" + dots + brackets + "\"",
        "# " + dots + brackets, "a = '''\n''" + dots + brackets + "'''",
        "a = \"\"\"\n\"" + dots + "\\\"\"\"" + brackets + "\"\"\""}) {
    EXPECT_TRUE(parse_toml(text, {})) << text;
  }
  std::string many;
  for (int i = 0; i < 500; ++i) many += "a" + std::to_string(i) + ".b = 1.5\n";
  EXPECT_TRUE(parse_toml(many, {}));
}

}  // namespace
}  // namespace bulkhead::base
