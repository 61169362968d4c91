// SPDX-License-Identifier: Apache-2.0
#include "policy/rego/prepare.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace bulkhead::policy::rego {
namespace {

constexpr uint32_t kDepth = 60;

// The texts that modules become, each behind the number of its module; or the first problem.
std::string texts(const std::vector<std::string>& modules, bool v1 = true, size_t bytes = 4096) {
  std::vector<ModuleText> given;
  for (const std::string& text : modules) given.push_back({"m.rego", text, v1});
  const Arity none = [](std::string_view) { return std::nullopt; };
  std::string out;
  for (const Prepared& prepared : prepare(given, none, kDepth, bytes)) {
    const Rewritten& text = prepared.rewritten;
    if (!text.problems.empty()) return to_string(text.problems.front());
    const std::string& written = modules[prepared.module];
    EXPECT_EQ(std::ranges::count(text.text, '\n'), std::ranges::count(written, '\n')) << text.text;
    constexpr std::string_view kMark = "#bulkhead:not-bodies";  // what the crate is told
    std::string shown = text.text;
    if (shown.ends_with(kMark)) shown.resize(shown.size() - kMark.size());
    out += std::to_string(prepared.module) + ":" + shown;
  }
  return out;
}

// A rule's body in a module that imports all keywords.
std::string body(const std::string& text) {
  const std::string head = "package a\nimport future.keywords\np if {\n";
  const std::string out = texts({head + text + "\n}\n"});
  return out.starts_with("0:" + head) ? out.substr(head.size() + 2, out.size() - head.size() - 5)
                                      : out;
}

TEST(Prepare, TakesAndAndOrApart) {
  EXPECT_EQ(body("a and b"), "set() != {true | set() != {true | a} ; set() != {true | b}}");
  EXPECT_EQ(body("a or b"), "set() == {true | set() == {true | a} ; set() == {true | b}}");
  EXPECT_EQ(
      body("a or b and c"),
      "set() == {true | set() == {true | a} ; set() == {true | set() != {true | b} ; set() != "
      "{true | c}}}");
  EXPECT_EQ(body("{ x := a; x } or not b with input as c"),
            "set() == {true | set() == {true |  x := a; x } ; set() == {true | not b}} with input "
            "as c");
  EXPECT_EQ(body("(a with input as b) and c"),
            "set() != {true | set() != {true | set() != {true | a with input as b}} ; set() != "
            "{true | c}}");
  EXPECT_EQ(body("x := [y | y := z; y > 1\n or y < 0]\nw"),
            "x := [y | y := z; set() == {true | set() == {true | y > 1}\n ; set() == {true | y < "
            "0}}]\nw");
  EXPECT_EQ(body("x == y | z or w"),
            "set() == {true | set() == {true | x == y | z} ; set() == {true | w}}");
  // Functions of these names, and names where nothing is imported.
  EXPECT_EQ(body("x := or(a, b)"), "x := or(a, b)");
  EXPECT_EQ(texts({"package a\nor := 1\np if or\n"}), "0:package a\nor := 1\np if or\n");
}

TEST(Prepare, RefusesWhatOpaRefusesOfAndAndOr) {
  const auto refused = [](const std::string& text, std::string_view place, std::string_view what) {
    const std::string out = body(text);
    EXPECT_TRUE(out.starts_with("m.rego:" + std::string(place) + ": ")) << text << ": " << out;
    EXPECT_NE(out.find(what), std::string::npos) << text << ": " << out;
  };
  refused("x := f(a or b)", "4:10", "gives no value");
  refused("x := {a or b}", "4:9", "gives no value");
  refused("x := [a and b]", "4:9", "gives no value");
  refused("x := 1 or a", "4:1", "an operand that assigns needs braces");
  refused("some x in y or a", "4:1", "needs braces");
  refused("a with input as b or c", "4:3", "`with` cannot stand at one operand");
  refused("{1} & a == b or c", "4:1", "needs parentheses");
}

TEST(Prepare, PutsAnnotationsIn) {
  const std::string text =
      "# METADATA\n# title: T\n# custom:\n#   n: [1, a]\npackage a.b\n\n"
      "# METADATA\n# scope: document\n# authors:\n# - Jo Doe <jo@x>\n\n"
      "# METADATA\n# description: D\np := rego.metadata.rule() if { x }\n"
      "else := rego.metadata.chain()\n";
  EXPECT_EQ(texts({text}).substr(2),
            text.substr(0, text.find("rego.metadata")) +
                "[{\"scope\":\"rule\",\"description\":\"D\"}][0] if { x }\nelse := "
                "[[{\"path\":[\"a\",\"b\",\"p\"]},{\"path\":[\"a\",\"b\",\"p\"],\"annotations\":{"
                "\"scope\":\"document\",\"authors\":[{\"name\":\"Jo Doe\",\"email\":\"jo@x\"}]}},{"
                "\"path\":[\"a\",\"b\"],\"annotations\":{\"scope\":\"package\",\"title\":\"T\","
                "\"custom\":{\"n\":[1,\"a\"]}}}]][0]\n");
}

TEST(Prepare, FindsAnnotationsOfPackagesAround) {
  const std::string outer = "# METADATA\n# scope: subpackages\n# title: outer\npackage a\n";
  const std::string inner = "package a.b\np := rego.metadata.chain()\n";
  EXPECT_EQ(texts({outer, inner}),
            "0:" + outer +
                "1:package a.b\np := [[{\"path\":[\"a\",\"b\",\"p\"]},{\"path\":[\"a\"],"
                "\"annotations\":{\"scope\":\"subpackages\",\"title\":\"outer\"}}]][0]\n");
}

TEST(Prepare, RefusesBrokenAnnotations) {
  const auto refused = [](const std::string& block, const std::string& want, size_t bytes = 4096) {
    EXPECT_EQ(texts({"package a\n" + block + "p := rego.metadata.rule()\n"}, true, bytes), want);
  };
  refused("# METADATA\n# scope: nowhere\n",
          "m.rego:2:1: invalid annotation scope 'nowhere'; use 'rule', 'document', 'package' or "
          "'subpackages'");
  refused("# METADATA\n# scope: package\n",
          "m.rego:2:1: annotation scope 'package' must be applied to the package, which must stand "
          "below it");
  refused("# METADATA\n# authors: x\n",
          "m.rego:2:1: invalid annotations: 'authors' must be a list");
  refused("# METADATA\n\n",
          "m.rego:2:1: invalid annotations: expected METADATA block, found "
          "whitespace");
  refused("# METADATA\n# title: x\n",
          "m.rego:4:6: annotations put in for rego.metadata.* are more than 8 bytes; call it once, "
          "and use the value",
          8);
  // Nobody reads them.
  const std::string unread = "package a\n# METADATA\n# scope: nowhere\np := 1\n";
  EXPECT_EQ(texts({unread}), "0:" + unread);
}

TEST(Prepare, MovesRulesThatStartWithKeywords) {
  EXPECT_EQ(
      texts({"package a.b\nimport data.x\nif.y := z if x.w\nz := if.y\ndefault if.f(_) := 1\n"}),
      "0:package a.b\nimport data.x\n\nz := data.a.b[\"if\"].y\n\n"
      "0:package a.b[\"if\"]\nimport data.x\ny := data.a.b.z if data.x.w\n\n"
      "default f(_) := 1\n");
  EXPECT_EQ(texts({"package a\nas.not.y(z) := z if {\n\tsome w in z\n}\nz := 1\nw := 2\n"}),
            "0:package a\n\n\n\nz := 1\nw := 2\n"
            "0:package a[\"as\"][\"not\"]\ny(z) := z if {\n\tsome w in z\n}\n\n\n");
  EXPECT_EQ(texts({"package a\nas.if := 1\n"}),
            "m.rego:2:1: a rule whose path starts with a keyword must go on with a name that is no "
            "keyword");
  EXPECT_EQ(
      texts({"package a\nas.x { true }\n"}, false),
      "m.rego:2:1: a rule whose path starts with a keyword needs a value (`:= true`): without "
      "one it is a set");
}

TEST(Prepare, MapsColumnsBack) {
  const std::string text = "package a\nimport future.keywords\np if { a or $\"{b}\" == c }\n";
  const ModuleText module{"m.rego", text, true};
  const auto out =
      prepare({&module, 1}, [](std::string_view) { return std::nullopt; }, kDepth, 4096);
  ASSERT_EQ(out.size(), 1u);
  const std::string& changed = out[0].rewritten.text;
  const size_t line = changed.rfind("p if");
  const auto original = [&](std::string_view part) {
    return out[0].rewritten.places.original_column(
        3, static_cast<uint32_t>(changed.find(part, line) - line + 1));
  };
  EXPECT_EQ(original("a}"), 8u);
  EXPECT_EQ(original("internal.template_string"), 13u);
  EXPECT_EQ(original("== c"), 20u);
}

}  // namespace
}  // namespace bulkhead::policy::rego
