// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <functional>

#include "base/node.h"

namespace bulkhead::base {
namespace {

// One line per document: mappings {k: v}, sequences [a, b], null as ~, quoted text in quotes.
std::string show(const Node& node) {
  switch (node.kind) {
    case Node::Kind::kMissing: return "missing";
    case Node::Kind::kNull: return "~";
    case Node::Kind::kScalar: return node.plain ? node.text : "'" + node.text + "'";
    case Node::Kind::kSequence: {
      std::string out;
      for (const Node& item : node.items) out += (out.empty() ? "" : ", ") + show(item);
      return "[" + out + "]";
    }
    case Node::Kind::kMapping: {
      std::string out;
      for (const auto& [key, value] : node.members) {
        out += (out.empty() ? "" : ", ") + key + ": " + show(value);
      }
      return "{" + out + "}";
    }
  }
  return "";
}

TEST(Yaml, Reads) {
  struct Case {
    const char* yaml;
    const char* shown;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"a: 1\nb: [x, 'y', \"z\\n\"]\n", "{a: 1, b: [x, 'y', 'z\n']}"},
           {"", "~"},
           {"---\n", "~"},
           {"\xef\xbb\xbf" "a: b", "{a: b}"},
           {"a:\nb: ~\nc: null\nd: ''\ne: 'null'", "{a: ~, b: ~, c: ~, d: '', e: 'null'}"},
           {"null: x\n~: y\n", "{null: x, ~: y}"},
           {"t: !!str 12\nu: !Ref name\n", "{t: '12', u: 'name'}"},
           {"k: |\n  one\n  two\n", "{k: 'one\ntwo\n'}"},
           {"? long key\n: value\n", "{long key: value}"},
           {"a: &x [1, 2]\nb: *x\n", "{a: [1, 2], b: [1, 2]}"},
           {"&k key: v\nother: *k\n", "{key: v, other: key}"},
           {"- &x a\n- &x b\n- *x\n", "[a, b, b]"},
           {"d: &d {p: 1, q: 2}\ne: {<<: *d, q: 3, r: 4}\n",
            "{d: {p: 1, q: 2}, e: {q: 3, r: 4, p: 1}}"},
           {"e:\n  <<: [{a: 1, b: 2}, {b: 3, c: 4}]\n", "{e: {a: 1, b: 2, c: 4}}"},
           {"'<<': x\n", "{<<: x}"},
       }) {
    auto node = parse_yaml(c.yaml, Limits());
    ASSERT_TRUE(node) << c.yaml << node.error().message();
    EXPECT_EQ(show(*node), c.shown);
  }
}

TEST(Yaml, KnowsLines) {
  auto node = parse_yaml("# comment\na: 1\nb:\n  - x\n  - {y: z}\n", Limits());
  ASSERT_TRUE(node);
  EXPECT_EQ(node->line, 2u);
  EXPECT_EQ((*node)["a"].line, 2u);
  EXPECT_EQ((*node)["b"].line, 4u);
  EXPECT_EQ((*node)["b"].items[1]["y"].line, 5u);
  EXPECT_TRUE((*node)["b"]["no"].missing());
}

TEST(Yaml, ReadsStreams) {
  auto documents = parse_yaml_stream("---\na: 1\n---\n- b\n...\n---\n", Limits());
  ASSERT_TRUE(documents);
  ASSERT_EQ(documents->size(), 3u);
  EXPECT_EQ(show((*documents)[1]), "[b]");
  EXPECT_TRUE(parse_yaml_stream("", Limits())->empty());
  EXPECT_TRUE(parse_yaml_stream({}, Limits())->empty());
  // An anchor ends with its document.
  EXPECT_FALSE(parse_yaml_stream("a: &x 1\n---\nb: *x\n", Limits()));
}

TEST(Yaml, RefusesWithALine) {
  struct Case {
    const char* yaml;
    const char* message;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"a: 1\nb: 2\na: 3\n", "line 3: key \"a\" stands already in line 1"},
           {"x: {k: 1, 'k': 2}\n", "line 1: key \"k\" stands already in line 1"},
           {"a: *nobody\n", "line 1: alias *nobody has no anchor"},
           {"a: &x\n  b: *x\n", "line 2: alias *x stands inside its own anchor"},
           {"a: 1\n---\nb: 2\n", "line 3: a second document"},
           {"[a, b]: c\n", "line 1: a mapping key must be a string"},
           {"a: &x [b]\n*x : c\n", "line 2: a mapping key must be a string"},
           {"a: {<<: 3}\n", "<< needs a mapping"},
           {"a: {<<: [3]}\n", "<< needs a mapping"},
           {"a: [1, 2\n", "not valid YAML: line 2, column 1: "},
           {"a: \x01\n", "control characters are not allowed"},
           {"a: \xff\n", "invalid leading UTF-8 octet"},
           {"\xff\xfe" "a\0:\0 \0b\0", "not valid YAML"},
       }) {
    auto node = parse_yaml(c.yaml, Limits());
    ASSERT_FALSE(node) << c.yaml;
    EXPECT_NE(node.error().message().find(c.message), std::string::npos)
        << node.error().message() << " instead of " << c.message;
  }
}

TEST(Yaml, StaysWithinItsLimits) {
  // Nine levels of nine aliases: 387 million values from 500 bytes.
  std::string laughs = "a0: &a0 lol\n";
  for (int level = 1; level <= 9; ++level) {
    std::string below = "*a" + std::to_string(level - 1);
    laughs += "a" + std::to_string(level) + ": &a" + std::to_string(level) + " [" + below;
    for (int i = 0; i < 8; ++i) laughs += ", " + below;
    laughs += "]\n";
  }
  EXPECT_EQ(parse_yaml(laughs, Limits()).error().code(), Code::kLimit);
  Limits generous;
  generous.max_entries = 500'000'000;
  EXPECT_EQ(parse_yaml(laughs, generous).error().code(), Code::kLimit) << "copies count apart";
  // One long string, many aliases; also spread over many documents.
  std::string wide = "a: &a " + std::string(500'000, 'x') + "\nb:\n";
  for (int i = 0; i < 1000; ++i) wide += " - *a\n";
  EXPECT_EQ(parse_yaml(wide, Limits()).error().code(), Code::kLimit);

  auto code = [](const std::string& text, Limits limits) {
    auto documents = parse_yaml_stream(text, limits);
    return documents ? Code::kInternal : documents.error().code();
  };
  EXPECT_EQ(code(std::string(100'000, '['), Limits()), Code::kLimit);
  EXPECT_EQ(code(std::string(64, '[') + std::string(64, ']'), Limits()), Code::kInternal);
  std::string nested;
  for (int i = 0; i < 100; ++i) nested += "- ";
  EXPECT_EQ(code(nested + "x", Limits()), Code::kLimit);
  // Depth counts through aliases.
  std::string deep = "a: &a " + std::string(40, '[') + std::string(40, ']') + "\nb: ";
  EXPECT_EQ(code(deep + std::string(40, '[') + "*a" + std::string(40, ']'), Limits()),
            Code::kLimit);
  Limits small;
  small.max_entries = 10;
  EXPECT_EQ(code("[1,2,3,4,5,6,7,8,9,10]", small), Code::kLimit);
  EXPECT_EQ(code("[1,2,3,4,5,6,7,8,9]", small), Code::kInternal);
  small = Limits();
  small.max_bytes = 10;
  EXPECT_EQ(code("a: 45678901", small), Code::kLimit);
  small = Limits();
  small.max_string_bytes = 3;
  EXPECT_EQ(code("a: 1234", small), Code::kLimit);
  std::string tags;
  for (int i = 0; i < 1000; ++i) tags += "%TAG !" + std::to_string(i) + "! x\n";
  EXPECT_EQ(code(tags + "---\na: b\n", Limits()), Code::kLimit);
}

}  // namespace
}  // namespace bulkhead::base
