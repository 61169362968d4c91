// SPDX-License-Identifier: Apache-2.0
// Patterns of objects fit objects with their members and no other (ffi/src/patterns.rs). Values are
// those of OPA.
#include <gtest/gtest.h>

#include "policy/engine.h"

namespace bulkhead::policy {
namespace {

constexpr std::string_view kInput = R"({
  "one": {"a": 1}, "two": {"a": 1, "b": 2}, "deep": {"a": {"b": 2, "c": 3}},
  "list": [{"a": 1}, {"a": 2, "b": 3}, {"a": 4}], "map": {"k": {"a": 1}, "l": {"a": 1, "b": 1}}
})";

// data.t.p of a module, or the message of an error.
std::string pattern_value(const std::string& rules, Dialect dialect = Dialect::kV1) {
  const std::vector<Source> modules = {{"t.rego", "package t\n" + rules, dialect}};
  std::vector<Problem> problems;
  const auto program = Program::compile(modules, {}, Limits(), problems);
  if (!program) return program.error().message();
  auto evaluator = program->evaluator();
  Request request;
  request.entry = "data.t.p";
  const auto answer = evaluator->evaluate(request, Document::parse(kInput, Limits()).value());
  if (!answer) return answer.error().message();
  return answer->defined ? answer->json : "undefined";
}

struct PatternCase {
  const char* rules;
  const char* want;
};

TEST(Patterns, OfAssignments) {
  const PatternCase cases[] = {
      {"p := x if {\"a\": x} = input.one", "1"},
      {"p := x if {\"a\": x} = input.two", "undefined"},
      {"p := x if { {\"a\": x} := input.one }", "1"},
      {"p := x if { {\"a\": x} := input.two }", "undefined"},
      {"p := x if input.two = {\"a\": x}", "undefined"},
      {"p := x if { {\"a\": x, \"b\": _} = input.two }", "1"},
      {"p if {\"a\": _} = input.two", "undefined"},
      {"p := x if {\"a\": {\"b\": x, \"c\": _}} = input.deep", "2"},
      {"p := x if {\"a\": {\"b\": x}} = input.deep", "undefined"},
      {"p := [x, y] if [{\"a\": x}, y] = [input.one, 3]", "[1,3]"},
      {"p := [x, y] if [{\"a\": x}, y] = [input.two, 3]", "undefined"},
      {"p := x if { k := \"a\"; {k: x} = input.one }", "1"},
      {"p := x if { k := \"a\"; {k: x} = input.two }", "undefined"},
      {"p := x if { k := \"a\"; {k: x, \"a\": _} = input.two }", "undefined"},
      {"p := x if { k := \"a\"; {k: x, \"b\": _} = input.two }", "1"},
      {"p := x if {\n\t{\n\t\t\"a\": x,\n\t\t\"b\": 2,\n\t} = input.two\n}", "1"},
      {"p if { [_, {}] = [1, input.one] }", "undefined"},
      {"p if { y := input.two; [_, {\"a\": 1}] = [1, y] }", "undefined"},
      {"p := y if { y = {[1]: 2} }", "{\"[1]\":2}"},
      {"p if { {\"a\": x} = input.two with input.two as {\"a\": 7}; x == 7 }", "true"},
  };
  for (const PatternCase& c : cases) EXPECT_EQ(pattern_value(c.rules), c.want) << c.rules;
}

// Which side is taken apart shows only when the other one has a value.
TEST(Patterns, OfVariables) {
  const PatternCase cases[] = {
      {"p := x if { y := input.two; y = {\"a\": x} }", "undefined"},
      {"p := x if { y := input.one; {\"a\": x} = y }", "1"},
      {"p := x if { y = {\"a\": x}; y = input.two }", "undefined"},
      {"p := x if { y := input.deep; y = {\"a\": {\"b\": x}} }", "undefined"},
      {"p := y if { x := 1; y = {\"a\": {\"b\": x}} }", "{\"a\":{\"b\":1}}"},
      {"p := x if { some y in input.list; y = {\"a\": x, \"b\": _} }", "2"},
      {"p if { y := input.two; not input.no; {\"a\": _, \"b\": _} = y }", "true"},
      {"q := input.two\np := x if q = {\"a\": x}", "undefined"},
      {"f(y) := x if y = {\"a\": x}\np := [f(input.one)]", "[1]"},
      {"f(y) := x if y = {\"a\": x}\np := [f(input.two)]", "undefined"},
  };
  for (const PatternCase& c : cases) EXPECT_EQ(pattern_value(c.rules), c.want) << c.rules;
}

TEST(Patterns, OfSomeAndKeysAndResults) {
  const PatternCase cases[] = {
      {"p contains x if some {\"a\": x} in input.list", "[1,4]"},
      {"p contains [k, x] if some k, {\"a\": x} in input.map", "[[\"k\",1]]"},
      {"p := [x | some {\"a\": x} in input.list]", "[1,4]"},
      {"p if some {\"a\": _, \"b\": 3} in input.list", "true"},
      {"s := {v | some v in input.list}\np contains x if s[{\"a\": x}]", "[1,4]"},
      {"p contains x if { walk(input, [_, {\"a\": x}]) }", "[1,4,{\"b\":2,\"c\":3}]"},
      {"p if not {\"a\": 2} = input.one", "true"},
      {"p if { not {\"a\": 1} = input.one }", "undefined"},
      {"p if every x in input.list { {\"a\": _} := x }", "undefined"},
  };
  for (const PatternCase& c : cases) EXPECT_EQ(pattern_value(c.rules), c.want) << c.rules;
}

TEST(Patterns, OfArguments) {
  const PatternCase cases[] = {
      {"f({\"a\": x}) := x\np := f(input.one)", "1"},
      {"f({\"a\": x}) := x\np := f(input.two)", "undefined"},
      {"f({\"a\": x}) := x if x > 5\nelse := 9\np := f(input.one)", "9"},
      {"f({\"a\": x}) := x if x > 5\nelse := 9\np := f(input.two)", "undefined"},
      {"f({\"a\": x}) if {\n\tx == 1\n}\np if f(input.two)", "undefined"},
      {"f([{\"a\": x}, y], x) := y\np := f([input.one, 5], 1)", "5"},
      {"f([{\"a\": x}, y], x) := y\np := f([input.one, 5], 2)", "undefined"},
      {"f({\"a\": _})\np if f(input.two)", "undefined"},
      {"f({\"a\": x}) if {\"a\": x} = input.one\np if f(input.one)", "true"},
      {"f({\n\t\"a\": x, # why\n\t\"b\": y,\n}) := x + y\np := f(input.two)", "3"},
  };
  for (const PatternCase& c : cases) EXPECT_EQ(pattern_value(c.rules), c.want) << c.rules;
  EXPECT_EQ(pattern_value("f({\"a\": x}) = x { x > 0 }\np = x { x := f(input.two) }", Dialect::kV0),
            "undefined");
  EXPECT_EQ(pattern_value("f({\"a\": x}) = x\np = f(input.one)", Dialect::kV0), "1");
}

TEST(Patterns, RefusesWhatCannotBeExact) {
  EXPECT_EQ(pattern_value("p := x if {\"a\": x, \"b\": count(input.list)} = input.two"),
            "t.rego:2:30: this value in a pattern of an object is too much for one statement; bind "
            "it to a variable before, and write the variable here");
  EXPECT_EQ(
      pattern_value("s := {1}\np := s[{\"a\": _}]"),
      "t.rego:3:8: a pattern of an object as key of a reference can stand only in a statement "
      "of its own; take the value there, and use it here");
  EXPECT_EQ(
      pattern_value("p := x if {\"a\": x, \"b\": input.two.b} = input.two with input.one as 1"),
      "t.rego:2:11: a pattern of an object that refers to other values cannot stand in one "
      "statement with `with`; bind those values before");
}

// Places in errors are those of the text that was written.
TEST(Patterns, KeepPlaces) {
  EXPECT_EQ(pattern_value("p := x if { {\"a\": x} = input.one; y := 1 % 0.5; y }"),
            "t.rego:2:42: modulo on floating-point number");
  EXPECT_EQ(pattern_value("f({\"a\": x}) := x if { y := x % 0.5; y }\np := f(input.one)"),
            "t.rego:2:30: modulo on floating-point number");
}

}  // namespace
}  // namespace bulkhead::policy
