// SPDX-License-Identifier: Apache-2.0
#include "policy/rego/rewrite.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace bulkhead::policy::rego {
namespace {

std::optional<size_t> arity(std::string_view name) {
  if (name == "ours.one") return 1;
  if (name == "ours.none") return 0;
  return std::nullopt;
}

// The module without its package line; or its problems.
std::string changed(const std::string& rules, bool v1 = true) {
  const std::string text = "package a\n" + rules;
  const Lexed lexed = lex("a.rego", text);
  const Rewritten out = rewrite("a.rego", text, lexed.tokens, v1, arity);
  if (!out.problems.empty()) return to_string(out.problems[0]);
  EXPECT_EQ(std::ranges::count(out.text, '\n'), std::ranges::count(text, '\n')) << rules;
  return out.text.substr(10);
}

struct Case {
  const char* rules;
  const char* want;
};

TEST(Rewrite, GivesFunctionFactsAValue) {
  const Case cases[] = {
      {"f(\"x\")\n", "f(\"x\") := true\n"},
      {"f(\"x\")\nf(\"y\")", "f(\"x\") := true\nf(\"y\") := true"},
      {"a.f([1,\n2])\n", "a.f([1,\n2]) := true\n"},
      {"f(x) := 1\n", "f(x) := 1\n"},
      {"f(x) if x\n", "f(x) if x\n"},
      {"f(x)\n\tif x\n", "f(x)\n\tif x\n"},
      {"f(x) { x }\n", "f(x) { x }\n"},
  };
  for (const Case& c : cases) EXPECT_EQ(changed(c.rules), c.want);
}

TEST(Rewrite, MakesSignsBeforeNamesFactors) {
  EXPECT_EQ(changed("x := -input.n\n"), "x := -1 * input.n\n");
  EXPECT_EQ(changed("x := [a - b, -b, -1, 2 - -c]\n"), "x := [a - b, -1 * b, -1, 2 - -1 * c]\n");
  EXPECT_EQ(changed("x := f(a)-b if -c > a[0]-b\n"), "x := f(a)-b if -1 * c > a[0]-b\n");
}

TEST(Rewrite, EndsAStatementBeforeABracketOnTheNextLine) {
  EXPECT_EQ(changed("x if {\n\ty := input.b\n\t(y == 1)\n}\n"),
            "x if {\n\ty := input.b;\n\t(y == 1)\n}\n");
  EXPECT_EQ(changed("x if {\n\tinput.b[0] # why\n\t(1 == 1)\n}\n"),
            "x if {\n\tinput.b[0]; # why\n\t(1 == 1)\n}\n");
  for (const char* kept : {"x if {\n\ty := f(\n\t\t(1))\n}\n", "x if {\n\tnot\n\t(input.a)\n}\n",
                           "x := [\n\t(1),\n\t(2)]\n", "x if {\n\ty := 1 +\n\t(2)\n}\n"}) {
    EXPECT_EQ(changed(kept), kept);
  }
}

TEST(Rewrite, WritesAliasesOut) {
  const Case cases[] = {
      {"import data.p as q\nx := q.y with input as {}\n",
       "import data.p as q\nx := data.p.y with input as {}\n"},
      {"import data.a.b\nx if b[\"c\"].d == a.b.c\n",
       "import data.a.b\nx if data.a.b[\"c\"].d == a.b.c\n"},
      {"import data.t\nx if y with input as t.z\n",
       "import data.t\nx if y with input as data.t.z\n"},
      {"import data.a[\"b-c\"] as d\nx := d.f(d.y)\n",
       "import data.a[\"b-c\"] as d\nx := data.a[\"b-c\"].f(data.a[\"b-c\"].y)\n"},
  };
  for (const Case& c : cases) EXPECT_EQ(changed(c.rules), c.want);
  for (const char* kept :
       {"import data.a.b\nf(b) := b.c\n", "import data.a.b\nx := b\n",
        "import data.a.b\nx if { some b in input; b.c }\n", "import input.b\nx := b.c\n",
        "import data.a as b\nx := y.b.c\n", "import data.a.b\nimport data.c.b\nx := b.c\n"}) {
    EXPECT_EQ(changed(kept), kept);
  }
}

TEST(Rewrite, TakesTemplatesApart) {
  EXPECT_EQ(changed("x := $\"a {input.b} \\{c\\n\\\"\"\n"),
            "x := internal.template_string([\"a \", {template_0__ | template_0__ := "
            "(input.b)}, \" {c\\n\\\"\"])\n");
  EXPECT_EQ(changed("x := $`a\n{f(\"}\")\n} \\`\n"),
            "x := internal.template_string([`a\n`, {template_0__ | template_0__ := "
            "(f(\"}\")\n)}, ` \\`])\n");
  EXPECT_EQ(changed("x := $\"{$\"{a}\"}\"\n"),
            "x := internal.template_string([\"\", {template_0__ | template_0__ := "
            "(internal.template_string([\"\", {template_1__ | template_1__ := (a)}, \"\"]))}, "
            "\"\"])\n");
  EXPECT_EQ(changed("x := $\"{ }\"\n"), "a.rego:2:6: a template with nothing in its braces");
}

TEST(Rewrite, MakesResultArgumentsValues) {
  EXPECT_EQ(changed("x if { ours.one(a, y); y }\n"), "x if { y = ours.one(a); y }\n");
  EXPECT_EQ(changed("x if {\n\tours.one(\n\t\ta,\n\t\t[y, _]\n\t)\n}\n"),
            "x if {\n\t[ y , _ ] = ours.one(\n\t\ta\n\n)\n}\n");
  EXPECT_EQ(changed("x if { ours.one(a, y,); y }\n"), "x if { y = ours.one(a); y }\n");
  EXPECT_EQ(changed("x if ours.one(a,)\n"), "x if ours.one(a,)\n");
  EXPECT_EQ(changed("x if ours.one(a, y)\n"), "x if y = ours.one(a)\n");
  EXPECT_EQ(changed("x := [y | not ours.none(y)]\n"), "x := [y | not y = ours.none()]\n");
  for (const char* kept : {"x if { y := ours.one(a) }\n", "x if { ours.one(a) == 1 }\n",
                           "x if { other(a, b) }\n", "x := ours.one(a)\n"}) {
    EXPECT_EQ(changed(kept), kept);
  }
}

TEST(Rewrite, GivesWalkItsResultArgument) {
  EXPECT_EQ(changed("x contains v if {\n\t[p, v] := walk(input)\n}\n"),
            "x contains v if {\n\t[p, v] := walk_0__; walk(input, walk_0__)\n}\n");
  EXPECT_EQ(changed("x := [v | v = walk(input.a[_])]\n"),
            "x := [v | v = walk_0__; walk(input.a[_], walk_0__)]\n");
  EXPECT_EQ(changed("x := [v | walk(input, [_, v])]\n"), "x := [v | walk(input, [_, v])]\n");
  EXPECT_NE(changed("x := walk(input)\n").find("write walk(value, [path, v])"), std::string::npos);
  EXPECT_NE(changed("x if count(walk(input)) > 1\n").find("write walk(value, [path, v])"),
            std::string::npos);
}

TEST(Rewrite, TurnsNegatedBodiesToComprehensions) {
  EXPECT_EQ(changed("import future.keywords.not\nx if { not { a; b } }\n"),
            "                          \nx if { set() == {true | a; b } }\n#bulkhead:not-bodies");
  EXPECT_EQ(changed("import future.keywords\nx if not { a; b }\n"),
            "import future.keywords\nx if set() == {true | a; b }\n#bulkhead:not-bodies");
  EXPECT_EQ(changed("x if { not {1} == a }\n"), "x if { not {1} == a }\n");
}

TEST(Rewrite, MapsColumnsBack) {
  const std::string text = "package a\na.b := $\"{b}\" + c\n";
  const Rewritten out = rewrite("a.rego", text, lex("a.rego", text).tokens, true, arity);
  const size_t line = out.text.find('\n') + 1;
  const auto column = [&](std::string_view part) {
    return static_cast<uint32_t>(out.text.find(part) - line + 1);
  };
  EXPECT_EQ(out.places.original_column(2, column(":= internal")), 5u);
  EXPECT_EQ(out.places.original_column(2, column("(b)")), 8u);
  EXPECT_EQ(out.places.original_column(2, column("+ c")), 15u);
}

TEST(Rewrite, HandlesTheRest) {
  EXPECT_EQ(changed("x := [.5, 1.5, a.b]\n"), "x := [0.5, 1.5, a.b]\n");
  EXPECT_EQ(changed("import input\nimport input.a\n"), "            \nimport input.a\n");
  EXPECT_EQ(changed("import future.keywords.and\n"), "                          \n");
  EXPECT_EQ(changed("import rego.v2\n"), "import rego.v1\n#bulkhead:not-bodies");
  EXPECT_EQ(changed("import rego.v1\nimport rego.v2\n"),
            "import rego.v1\n              \n#bulkhead:not-bodies");
  EXPECT_EQ(changed("import future.keywords.in\n"), "import future.keywords.in\n");
}

}  // namespace
}  // namespace bulkhead::policy::rego
