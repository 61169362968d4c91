// SPDX-License-Identifier: Apache-2.0
#include "policy/engine.h"

#include <gtest/gtest.h>

#include <thread>

namespace bulkhead::policy {
namespace {

Program must_compile(std::vector<Source> modules, std::vector<DataSource> data = {},
                     const Limits& limits = {}) {
  std::vector<Problem> problems;
  auto program = Program::compile(modules, data, limits, problems);
  EXPECT_TRUE(program) << (program ? "" : program.error().message());
  CHECK(program.has_value());
  return std::move(program).value();
}

Document document(std::string_view json) {
  auto parsed = Document::parse(json, Limits{});
  CHECK(parsed.has_value());
  return *parsed;
}

base::Result<Answer> run(const Program& program, const std::string& entry,
                         std::string_view input = "{}") {
  Evaluator evaluator = program.evaluator().value();
  Request request;
  request.entry = entry;
  return evaluator.evaluate(request, document(input));
}

std::string evaluated(const Program& program, const std::string& entry,
                      std::string_view input = "{}") {
  auto answer = run(program, entry, input);
  if (!answer) return "error: " + answer.error().message();
  return answer->defined ? answer->json : "undefined";
}

constexpr std::string_view kHygiene = R"(package bulkhead.image_hygiene

deny contains {"id": "HYG001", "message": msg} if {
	input.image.config.User == ""
	msg := sprintf("%s runs as root", [input.image.reference])
}

default allowed := false

allowed if count(deny) == 0

double(x) := x * 2
)";

// Rules of one module stand on those of another, and packages lie in packages.
TEST(Engine, ReadsWholePackagesOfSeveralModules) {
  const Program program = must_compile({
      {"a.rego", "package p\na := b + 1\n"},
      {"b.rego",
       "package p\nb := c * 2\nc := count(data.p.q.names)\ndefault d := \"none\"\n"
       "d := 1 if b > 9\nf(x) := x\n"},
      {"q.rego", "package p.q\nnames contains n if some n in list\nlist := input.list\n"},
      {"r.rego",
       "package r\nwhole := data.p\nsome_of := [data.p[k] | some k in [\"a\", \"b\"]]\n"
       "mocked := m if m := data.p.b with data.p.c as 7\n"},
  });
  const std::string input = R"({"list": ["x", "y", "x"]})";
  const std::string whole =
      R"({"a":5,"b":4,"c":2,"d":"none","q":{"list":["x","y","x"],"names":["x","y"]}})";
  EXPECT_EQ(evaluated(program, "data.p", input), whole);
  EXPECT_EQ(evaluated(program, "data.r.whole", input), whole);
  EXPECT_EQ(evaluated(program, "data.r.some_of", input), "[5,4]");
  EXPECT_EQ(evaluated(program, "data.r.mocked", input), "14");
  EXPECT_EQ(program.packages(), (std::vector<std::string>{"p", "p.q", "r"}));
  EXPECT_EQ(program.rules().size(), 11u);
}

// Builtins that are added to the interpreter are replaced like its own: by a value, by a rule, by
// another builtin, in whatever file they are called.
TEST(Engine, ReplacesBuiltinsOfOursInTests) {
  const Program program = must_compile({
      {"p.rego",
       "package p\nstatus := http.send({\"method\": \"get\", \"url\": input.url}).status_code\n"
       "text := sprintf(\"%d\", [1])\nsame if crypto.hmac.equal(\"a\", \"b\")\nmerged := "
       "net.cidr_merge([\"10.0.0.0/9\", "
       "input.net])\n"},
      {"p_test.rego",
       "package p_test\nimport data.p\nmock(request) := {\"status_code\": count(request.url)}\n"
       "by_rule := s if s := p.status with http.send as mock\n"
       "by_value := s if s := p.status with http.send as {\"status_code\": 418}\n"
       "both if { p.same with crypto.hmac.equal as true; not p.same }\n"
       "by_name := s if s := p.text with sprintf as \"none\"\nby_builtin := s if s := "
       "crypto.sha1(\"a\") with crypto.sha1 as crypto.md5\n"},
  });
  const std::string input = R"({"url": "abc", "net": "10.128.0.0/9"})";
  EXPECT_EQ(evaluated(program, "data.p_test.by_rule", input), "3");
  EXPECT_EQ(evaluated(program, "data.p_test.by_value", input), "418");
  EXPECT_EQ(evaluated(program, "data.p_test.both", input), "true");
  EXPECT_EQ(evaluated(program, "data.p_test.by_name", input), R"("none")");
  EXPECT_EQ(evaluated(program, "data.p.merged", input), R"(["10.0.0.0/8"])");
  EXPECT_EQ(evaluated(program, "data.p_test.by_builtin", input),
            R"("0cc175b9c0f1b6a831c399e269772661")");
  EXPECT_EQ(program.packages(), (std::vector<std::string>{"p", "p_test"}));
  EXPECT_EQ(program.rules().size(), 10u);
}

// Also where the function's own package calls it by its name.
TEST(Engine, ReplacesFunctionsOfModules) {
  const Program program = must_compile({
      {"p.rego", "package p\nf(x) := 7\ng(x) := f(x) + 1\nh := g(f(1))\n"},
      {"p_test.rego",
       "package p_test\nimport data.p as q\nm(x) := 11\n"
       "a := v if v := q.h with data.p.f as m\nb := v if v := q.h with q.f as 5\n"
       "c := q.h\n"},
      {"own.rego", "package p\nd := v if v := h with f as data.p_test.m\n"},
  });
  EXPECT_EQ(evaluated(program, "data.p_test.a"), "12");
  EXPECT_EQ(evaluated(program, "data.p_test.b"), "6");
  EXPECT_EQ(evaluated(program, "data.p_test.c"), "8");
  EXPECT_EQ(evaluated(program, "data.p.d"), "12");
}

// One of the interpreter's own in the place of a function of a module, unless a variable has its
// name.
TEST(Engine, ReplacesFunctionsByBuiltins) {
  const Program program = must_compile({
      {"p.rego", "package p\nf(x) := 7\nh := f([1, 2])\n"},
      {"p_test.rego",
       "package p_test\nimport data.p\nimport data.p as sum\n"
       "a := v if v := p.h with data.p.f as count\nb := v if v := p.h with p.f as json.marshal\n"
       "c := v if { max := 5; v := p.h with p.f as max }\nd := sum.h\n"},
  });
  EXPECT_EQ(evaluated(program, "data.p_test.a"), "2");
  EXPECT_EQ(evaluated(program, "data.p_test.b"), R"("[1,2]")");
  EXPECT_EQ(evaluated(program, "data.p_test.c"), "5");
  EXPECT_EQ(evaluated(program, "data.p_test.d"), "7");
}

// Variables of a negated expression that nothing else binds; what calls in it read is evaluated
// before it.
TEST(Engine, RefusesUnboundVariablesOfNegations) {
  const std::string start = "package a\nxs := [1, 2]\nf(x) := x\nr if { not ";
  for (const char* wrong :
       {"xs[_] == 1", "xs[i]", "f(xs[_])", "[xs[_]] == [1]", "xs[_] in [1]", "x = 1", "input[_].a",
        "xs[xs[_]]", "f(_)", "object.get(xs[_], 1, 2)"}) {
    std::vector<Problem> problems;
    const std::vector<Source> modules = {{"a.rego", start + wrong + " }\n"}};
    EXPECT_FALSE(Program::compile(modules, {}, {}, problems)) << wrong;
    ASSERT_EQ(problems.size(), 1u) << wrong;
    EXPECT_NE(problems[0].message.find(" is unsafe"), std::string::npos) << problems[0].message;
  }
  for (const char* fine : {"f(input[_]) == 3", "xs[_] + 1 == 5", "{x | x := xs[_]} == {1}",
                           "count([1 | xs[_]]) == 3", "print(xs[_])", "xs[f(input[_])]"}) {
    std::vector<Problem> problems;
    const std::vector<Source> modules = {{"a.rego", start + fine + " }\n"}};
    EXPECT_TRUE(Program::compile(modules, {}, {}, problems)) << fine;
  }
}

// Where a module asks for bodies behind `not`, operands of a negated call stay inside of it.
TEST(Engine, ReadsNegationsAsTheModuleAsks) {
  const std::string rule = "default p := false\np if { not input.x + input.y == input.z }\n";
  const Program program =
      must_compile({{"a.rego", "package a\n" + rule},
                    {"b.rego", "package b\nimport future.keywords.not\n" + rule},
                    {"c.rego", "package c\nimport future.keywords\n" + rule}});
  EXPECT_EQ(evaluated(program, "data.a.p"), "false");
  EXPECT_EQ(evaluated(program, "data.b.p"), "true");
  EXPECT_EQ(evaluated(program, "data.c.p"), "true");
}

// A rule that reads the packages around its own by an open key reads those that are there.
TEST(Engine, ReadsPackagesAroundItself) {
  const Program program = must_compile({
      {"a.rego", "package p.a\ndeny contains 1\n"},
      {"b.rego", "package p.b\ndeny contains 2\n"},
      {"m.rego", "package p.main\nall contains x if some x in data.p[_].deny\nn := count(all)\n"},
  });
  EXPECT_EQ(evaluated(program, "data.p.main.n"), "2");
}

TEST(Engine, GivesEmptyObjectsWhereRulesFindNothing) {
  const Program program = must_compile({{"a.rego",
                                         "package a\ng[x] contains y if some x, y in "
                                         "input\np.q[k].z := v if some k, v in input\n"}});
  EXPECT_EQ(evaluated(program, "data.a"), R"({"g":{},"p":{"q":{}}})");
  EXPECT_EQ(evaluated(program, "data.a", R"({"k": 1})"),
            R"({"g":{"k":[1]},"p":{"q":{"k":{"z":1}}}})");
}

TEST(Engine, EvaluatesRulesAgainstADocument) {
  const Program program = must_compile({{"hygiene.rego", std::string(kHygiene)}});
  EXPECT_EQ(program.packages(), std::vector<std::string>{"bulkhead.image_hygiene"});
  const std::string root = R"({"image": {"reference": "a:1", "config": {"User": ""}}})";
  EXPECT_EQ(evaluated(program, "data.bulkhead.image_hygiene.deny", root),
            R"([{"id":"HYG001","message":"a:1 runs as root"}])");
  EXPECT_EQ(evaluated(program, "data.bulkhead.image_hygiene.allowed", root), "false");
  EXPECT_EQ(evaluated(program, "data.bulkhead.image_hygiene.deny", "{}"), "[]");
  EXPECT_EQ(evaluated(program, "data.bulkhead.image_hygiene.missing"), "undefined");
  EXPECT_EQ(evaluated(program, "data.bulkhead.image_hygiene"), R"({"allowed":true,"deny":[]})");
}

TEST(Engine, SeesAllModulesOfAPackageThroughAnAlias) {
  const Program program = must_compile(
      {{"a.rego", "package p\n\ndeny contains \"A\" if input.a\n"},
       {"b.rego",
        "package p\n\ndeny contains \"B\" if user == \"\"\n\n"
        "user := object.get(input.c, \"u\", \"\")\n"},
       {"q.rego",
        "package q\n\nimport data.p as pack\n\nx := y if y := pack.deny with input as {\"a\": 1, "
        "\"c\": {}}\n"}});
  EXPECT_EQ(evaluated(program, "data.q.x"), R"(["A","B"])");
}

TEST(Engine, ListsRulesWithTheirPlaces) {
  const Program program = must_compile({{"hygiene.rego", std::string(kHygiene)}});
  ASSERT_EQ(program.rules().size(), 4u);
  const Rule& deny = program.rules()[0];
  EXPECT_EQ(deny.name, "deny");
  EXPECT_EQ(deny.kind, RuleKind::kSet);
  EXPECT_EQ(deny.line, 3u);
  EXPECT_EQ(deny.path, "hygiene.rego");
  EXPECT_EQ(program.rules()[1].kind, RuleKind::kDefault);
  EXPECT_EQ(program.rules()[2].kind, RuleKind::kComplete);
  EXPECT_EQ(program.rules()[3].kind, RuleKind::kFunction);
}

TEST(Engine, ReadsOldSyntaxWhenAsked) {
  const std::string old = "package a\ndeny[msg] { input.x == 1; msg := \"one\" }\n";
  const Program program = must_compile({{"old.rego", old, Dialect::kV0}});
  EXPECT_EQ(evaluated(program, "data.a.deny", R"({"x":1})"), R"(["one"])");
  std::vector<Problem> problems;
  EXPECT_FALSE(Program::compile(std::vector<Source>{{"old.rego", old}}, {}, {}, problems));
}

TEST(Engine, NamesThePlaceOfACompileError) {
  std::vector<Problem> problems;
  const std::vector<Source> modules = {{"a.rego", "package a\n\nx := [1, 2\ny := 3\n"},
                                       {"b.rego", "package b\nz if {\n"}};
  auto program = Program::compile(modules, {}, {}, problems);
  ASSERT_FALSE(program);
  EXPECT_EQ(program.error().code(), base::Code::kInvalid);
  ASSERT_EQ(problems.size(), 2u);
  EXPECT_EQ(problems[0].path, "a.rego");
  EXPECT_EQ(problems[0].line, 4u);
  EXPECT_EQ(problems[0].column, 1u);
  EXPECT_EQ(problems[1].path, "b.rego");
  EXPECT_EQ(program.error().message(), to_string(problems[0]));
}

// What the engine lacks is told apart from what is wrong, and hides nothing of it.
TEST(Engine, TellsWhatIsOnlyUnsupported) {
  const auto problems_of = [](std::vector<Source> modules) {
    std::vector<Problem> problems;
    EXPECT_FALSE(Program::compile(modules, {}, {}, problems));
    std::vector<std::string> out;
    for (const Problem& problem : problems) {
      out.push_back(problem.path + (problem.unsupported ? " unsupported" : " wrong"));
    }
    return out;
  };
  using Told = std::vector<std::string>;
  const Source walking{"a.rego", "package a\n\np := count(walk(input))\n"};
  EXPECT_EQ(problems_of({walking}), Told{"a.rego unsupported"});
  EXPECT_EQ(problems_of({walking, {"b.rego", "package b\n\np if {\n"}}),
            (Told{"a.rego unsupported", "b.rego wrong"}));
  EXPECT_EQ(problems_of({{"a.rego", "package a\n\np := of_a_newer.opa(1)\n"},
                         {"b.rego", "package b\n\np := data.a.missing(1)\n"},
                         {"c.rego", "package c\n\np := x\n"}}),
            (Told{"a.rego unsupported", "b.rego wrong", "c.rego wrong"}));
}

TEST(Engine, NamesThePlaceOfAnErrorWhileEvaluating) {
  const Program program = must_compile({{"a.rego", "package a\nx := 1\nx := 2 if input.y\n"}});
  EXPECT_EQ(evaluated(program, "data.a.x"), "1");
  auto answer = run(program, "data.a.x", R"({"y": true})");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code(), base::Code::kInvalid);
  EXPECT_NE(answer.error().message().find("a.rego:3:1: "), std::string::npos)
      << answer.error().message();
}

TEST(Engine, PutsDataWhereItBelongs) {
  const std::vector<DataSource> data = {
      {"lists/ports.json", {"lists", "ports"}, "[22, 23]"},
      {"data.json", {}, R"({"lists": {"names": ["a"]}})"},
  };
  const Program program = must_compile({{"a.rego", "package a\nx := data.lists\n"}}, data);
  EXPECT_EQ(evaluated(program, "data.a.x"), R"({"names":["a"],"ports":[22,23]})");
}

TEST(Engine, NamesBothFilesThatDefineOneValue) {
  const std::vector<DataSource> data = {
      {"a.json", {}, R"({"lists": {"ports": [22]}})"},
      {"b.json", {"lists"}, R"({"ports": [22]})"},
  };
  std::vector<Problem> problems;
  EXPECT_FALSE(Program::compile({}, data, {}, problems));
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(to_string(problems[0]), "b.json: data.lists.ports is also defined by a.json");
}

TEST(Engine, KeepsWhatPrintSaid) {
  const Program program =
      must_compile({{"a.rego", "package a\nx if {\n\tprint(\"seen\", input.y, input.z)\n}\n"}});
  Evaluator evaluator = program.evaluator().value();
  Request request;
  request.entry = "data.a.x";
  request.explain = true;
  const auto answer = evaluator.evaluate(request, document(R"({"y": [1]})"));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->prints, std::vector<std::string>{"a.rego:3: seen [1] <undefined>"});
}

TEST(Engine, TellsCoveredLines) {
  const Program program = must_compile({{"a.rego", R"(package a
x := 1 if {
	input.y
} else := 2 if {
	input.z
}
)"}});
  Evaluator evaluator = program.evaluator().value();
  Request request;
  request.entry = "data.a.x";
  request.coverage = true;
  ASSERT_TRUE(evaluator.evaluate(request, document(R"({"y": true})")));
  auto coverage = evaluator.coverage();
  ASSERT_EQ(coverage.size(), 1u);
  EXPECT_EQ(coverage[0].path, "a.rego");
  EXPECT_EQ(coverage[0].covered, (std::vector<uint32_t>{2, 3}));
  EXPECT_EQ(coverage[0].uncovered, (std::vector<uint32_t>{5}));
  ASSERT_TRUE(evaluator.evaluate(request, document(R"({"z": true})")));
  coverage = evaluator.coverage();
  EXPECT_EQ(coverage[0].covered, (std::vector<uint32_t>{2, 3, 5}));
}

// What nothing evaluated counts like what was evaluated and not reached.
TEST(Engine, CoversModulesThatNothingTouched) {
  const Program program = must_compile({{"a.rego", "package a\nx := 1\n"}, {"b.rego", R"(package b
default y := 1
y := 2 if {
	input.y
} else := 3 if {
	some k, v in input.z
	[w | w := v; w != k] != []
}
s contains input.x if true
f(a) := a
)"}});
  Evaluator evaluator = program.evaluator().value();
  auto lines = [&] {
    std::string out;
    for (const Coverage& file : evaluator.coverage()) {
      for (uint32_t line : file.covered) out += file.path + " " + std::to_string(line) + ", ";
      for (uint32_t line : file.uncovered) out += file.path + " -" + std::to_string(line) + ", ";
    }
    return out;
  };
  const std::string b =
      "b.rego -2, b.rego -3, b.rego -4, b.rego -6, b.rego -7, b.rego -9, "
      "b.rego -10, ";
  EXPECT_EQ(lines(), "a.rego -2, " + b);
  Request request;
  request.entry = "data.a.x";
  request.coverage = true;
  ASSERT_TRUE(evaluator.evaluate(request, document("{}")));
  EXPECT_EQ(lines(), "a.rego 2, " + b);
}

// As OPA, which evaluates the operands of a negated call before the `not`.
TEST(Engine, EndsBodiesWhoseNegatedCallsHaveNoOperands) {
  const std::vector<std::pair<std::string, bool>> bodies = {
      {"not startswith(input.nope, \"a\")", false},
      {"not startswith(input.s, \"a\")", true},
      {"not yes(lower(input.nope))", false},
      {"not names[input.nope]", false},
      {"not names[input.s]", true},
      {"not input.nope in names", false},
      {"not input.nope == 1", true},
      {"not 1 == input.nope", true},
      {"not input.nope != 1", false},
      {"not count(input.nope) > 0", false},
      {"not input.s == lower(input.nope)", false},
      {"not none", true},
      {"not is_null(none)", false},
      {"not none == true", true},
      {"not [input.nope] == [1]", false},
      {"not {\"a\": input.nope}", false},
      {"not [x | x := input.nope] == [1]", true},
      {"not [1, 2][input.nope]", false},
      {"not json.unmarshal(input.nope).x", false},
      {"not none with input.x as input.nope", false},
      {"not yes(input.s) with input.s as false", true},
      {"not names[input.s] with input.s as \"a\"", false},
      {"not input.xs[count(input.nope)]", false},
      {"every x in input.xs { not startswith(x, input.nope) }", false},
      {"[x | some x in input.xs; not startswith(x, \"b\")] == [\"a\"]", true},
      {"[x | some x in input.xs; not startswith(input.nope, x)] == []", true},
      {"x := input.xs[i]; not input.xs[i + 1]; i == 1", true},
  };
  for (const auto& [body, holds] : bodies) {
    for (const std::string& form : {"r if {\n\t" + body + "\n}\n", "r if {" + body + "}\n"}) {
      const Program program = must_compile({{"a.rego",
                                             "package a\nyes(x) if x\nnone if input.nope\n"
                                             "names contains x if some x in [\"a\", \"q\"]\n" +
                                                 form}});
      EXPECT_EQ(evaluated(program, "data.a.r", R"({"s": "b", "xs": ["a", "b"]})"),
                holds ? "true" : "undefined")
          << body;
    }
  }
  const Program alone = must_compile({{"a.rego",
                                       "package a\nr := 1 if not startswith(input.x, \"b\")\n"
                                       "else := 2 if not lower(input.y) == \"b\"\n"}});
  EXPECT_EQ(evaluated(alone, "data.a.r"), "undefined");
  EXPECT_EQ(evaluated(alone, "data.a.r", R"({"x": "a"})"), "1");
  EXPECT_EQ(evaluated(alone, "data.a.r", R"({"x": "b", "y": "a"})"), "2");
}

TEST(Engine, KeepsLinesOfNegatedCalls) {
  const Program program = must_compile({{"a.rego", R"(package a
r if {
	not count([x |
		# of those that
		some x in input.xs
		not startswith(x, "b")
	]) == 9
	input.z
}
)"}});
  Evaluator evaluator = program.evaluator().value();
  Request request;
  request.entry = "data.a.r";
  request.coverage = true;
  ASSERT_TRUE(evaluator.evaluate(request, document(R"({"xs": ["a"]})")));
  const auto coverage = evaluator.coverage();
  ASSERT_EQ(coverage.size(), 1u);
  EXPECT_EQ(coverage[0].covered, (std::vector<uint32_t>{3, 5, 6, 7, 8}));
}

// Behind an iteration, too: it is declared anew in each round.
TEST(Engine, DeclaresAnywhereInABody) {
  const std::string rules = R"(package a
lists := [["a", "b"], ["z"]]
r contains i if { p := lists[_]; some i; p[i] == "z" }
s := [i | p := lists[_]; some i; p[i] != "a"]
t if {
	"a" in {"a"}; p := lists[_]
	some i,
		j
	p[i] == p[j]
	i != j
	not p[j] == upper(p[i])
}
u if every p in lists { is_array(p); some i; p[i] == "z" }
)";
  const Program program = must_compile({{"a.rego", rules}});
  EXPECT_EQ(evaluated(program, "data.a.r"), "[0]");
  EXPECT_EQ(evaluated(program, "data.a.s"), "[1,0]");
  EXPECT_EQ(evaluated(program, "data.a.t"), "undefined");
  EXPECT_EQ(evaluated(program, "data.a.u"), "undefined");
  std::vector<Problem> problems;
  const std::vector<Source> twice = {{"a.rego", "package a\nr if { i := 1; some i; input[i] }\n"}};
  EXPECT_FALSE(Program::compile(twice, {}, {}, problems));
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(to_string(problems[0]), "a.rego:2:21: var i referenced above");
}

TEST(Engine, TakesValuesOfHeadsWithElseAfterTheirBodies) {
  const Program program = must_compile({{"a.rego", R"(package a
exempt := {"lab": true}
is_exempt := exempt[e] if { e := "prod" } else := false
denied if not is_exempt
m := {"a": 1, "b": 2}
x := m[k] if { k := "c" } else := 3
y := [m[k],
	m[k] + 1] if k := "b" else := 3
z := input.l[i] if {
	input.no
	i := 0
} else := input.l[i] if {
	i := 1 # the second
} else := 3
f(v) := m[k] if { k := v } else := 3
g := [f("a"), f("b"), f("c")]
)"}});
  EXPECT_EQ(evaluated(program, "data.a.denied"), "true");
  EXPECT_EQ(evaluated(program, "data.a.x"), "3");
  EXPECT_EQ(evaluated(program, "data.a.y"), "[2,3]");
  EXPECT_EQ(evaluated(program, "data.a.z", R"({"l": [5, 6]})"), "6");
  EXPECT_EQ(evaluated(program, "data.a.g"), "[1,2,3]");
}

TEST(Engine, PutsNegationsBehindWhatBindsTheirVariables) {
  const Program program = must_compile({{"a.rego", R"(package a
denied if {
	not input.zz.approved[w]
	w = "security"
}
r if { some w; not input.l[
		w]; w = 7 }
s contains i if { not input.m[i]; not data.nope.yy[i]; input.l[i] }
t := [i | not input.m[i]; input.l[i] = _]
u if { not count([j | not input.m[j]; input.l[j]]) == 2; w = 1; not input.l[w] }
)"}});
  EXPECT_EQ(evaluated(program, "data.a.denied"), "true");
  EXPECT_EQ(evaluated(program, "data.a.r", R"({"l": [1]})"), "true");
  EXPECT_EQ(evaluated(program, "data.a.s", R"({"l": [1, 2], "m": [3]})"), "[1]");
  EXPECT_EQ(evaluated(program, "data.a.t", R"({"l": [1, 2], "m": [3]})"), "[1]");
  EXPECT_EQ(evaluated(program, "data.a.u", R"({"l": [1]})"), "true");
}

TEST(Engine, NegatesKeysThatEveryGives) {
  const Program program = must_compile({{"a.rego", R"(package a
x if every k in input.l { not input.m[k] }
y if every i, k in input.l { not input.m[k][i] == 7; k }
z if every k in input.l { not input.l[k] }
)"}});
  EXPECT_EQ(evaluated(program, "data.a.x", R"({"l": [1, 2], "m": [1]})"), "true");
  EXPECT_EQ(evaluated(program, "data.a.y", R"({"l": [1, 2], "m": [1]})"), "true");
  EXPECT_EQ(evaluated(program, "data.a.z", R"({"l": [1, 2]})"), "undefined");
}

TEST(Engine, RefusesNegationsOfWhatNothingBinds) {
  const std::pair<std::string, std::string> cases[] = {
      {"x if { some i; not input.l[i] == 3 }", "a.rego:2:28: var i is unsafe"},
      {"x[y] := 1 if { not input.l[y] }", "a.rego:2:28: var y is unsafe"},
      {"x contains y if { not input.l[y] }", "a.rego:2:31: var y is unsafe"},
      {"x if { not walk(input, [p, 1]) }", "a.rego:2:25: var p is unsafe"},
      {"x if { not z := 1 }", "a.rego:2:14: cannot assign vars inside negated expression"},
  };
  for (const auto& [rule, want] : cases) {
    std::vector<Problem> problems;
    const std::vector<Source> modules = {{"a.rego", "package a\n" + rule + "\n"}};
    EXPECT_FALSE(Program::compile(modules, {}, {}, problems)) << rule;
    ASSERT_FALSE(problems.empty()) << rule;
    EXPECT_EQ(to_string(problems[0]), want);
  }
  must_compile({{"a.rego", R"(package a
x if { some i; not input.l[i] == 3; input.m[i] }
y if not count({i | input.l[i]; not input.m[i]}) > 0
z if every i, e in input.l { not input.m[i] == e }
f(i) if not input.l[i]
)"}});
}

TEST(Engine, ReplacesRulesByTheirBareNames) {
  const Program program = must_compile({{"a.rego", R"(package a
r := 1
q := r
set contains 1
obj[k] := 1 if some k in ["a"]
three := 3
x if { q == 2 with r as 2 }
y if { 5 in set with set as {5} }
z if { obj.b == 4 with obj as {"b": 4} }
v if { q == 3 with r as three }
w if { other == 7 with given as 7 }
)"},
                                        {"b.rego", "package a\ngiven := 1\nother := given\n"}});
  for (const std::string name : {"x", "y", "z", "v", "w"})
    EXPECT_EQ(evaluated(program, "data.a." + name), "true") << name;
}

TEST(Engine, ComparesPartsOfValues) {
  const Program program = must_compile({{"a.rego", R"(package a
r := [object.subset(x, y) | some [x, y] in [
	[[], []], [[1], []], [[], [1]], [[1, 2, 3], [2, 3]], [[1, 2, 3], [3, 2]],
	[[1, 2], {2, 1}], [[], set()], [{1, 2}, {1}], [{1}, set()],
	[{"a": {"b": [1, 2]}, "c": 1}, {"a": {"b": [2]}}], [{"a": 1}, {"a": 2}],
]]
s if object.subset([1][0], [1][0])
)"}});
  EXPECT_EQ(evaluated(program, "data.a.r"),
            "[true,true,false,true,false,true,false,true,true,true,false]");
  EXPECT_EQ(evaluated(program, "data.a.s"), "undefined");
}

TEST(Engine, TakesImportsBehindRules) {
  const Program program =
      must_compile({{"a.rego",
                     "package p # the header\nimport data.r\na := 1\nimport data.q as z\nx := z\n"
                     "import data.q.b # the last\ny := [b + a, z.b, r.c]\n"},
                    {"q.rego", "package q\nb := 2\n"},
                    {"r.rego", "package r\nc := 3\n"},
                    {"only.rego", "package only\na := 1\nimport input.m\nx := m\n"}});
  EXPECT_EQ(evaluated(program, "data.p.x"), "{\"b\":2}");
  EXPECT_EQ(evaluated(program, "data.p.y"), "[3,2,3]");
  EXPECT_EQ(evaluated(program, "data.only.x", R"({"m": 4})"), "4");
  std::vector<Problem> problems;
  const std::vector<Source> wrong = {{"a.rego", "package p\na := 1\nimport data.q\nx := u\n"}};
  EXPECT_FALSE(Program::compile(wrong, {}, {}, problems));
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(to_string(problems[0]), "a.rego:4:6: var u is unsafe");
}

TEST(Engine, FindsStartsAndEndsOfTexts) {
  const Program program = must_compile({{"a.rego", R"(package a
r := [strings.any_prefix_match(x, y) | some [x, y] in [
	["abc", "ab"], ["abc", "b"], [["x", "abc"], {"a", "abd"}], [["abc"], ["ab", "abb", "abca"]],
	[[], ["a"]], [["a"], []], ["", ""], [{"b", "c"}, ["a", "d"]], ["ab", "abc"],
]]
s := [strings.any_suffix_match(x, y) | some [x, y] in [
	["abc", "bc"], ["abc", "b"], [["x", "aü"], {"ü"}], ["c", ["abc", "bc"]],
]]
t if strings.any_prefix_match([1], "a")
u := object.subset([1, 1, 2, 1, 1, 1, 2, 1, 1, 2], [1, 1, 2, 1, 1, 2])
v := object.subset([1, 1, 2, 1, 1, 1, 2], [1, 1, 2, 1, 1, 2])
)"}});
  EXPECT_EQ(evaluated(program, "data.a.r"), "[true,false,true,true,false,false,true,false,false]");
  EXPECT_EQ(evaluated(program, "data.a.s"), "[true,false,true,false]");
  EXPECT_EQ(evaluated(program, "data.a.t"), "undefined");
  EXPECT_EQ(evaluated(program, "data.a.u"), "true");
  EXPECT_EQ(evaluated(program, "data.a.v"), "false");
}

TEST(Engine, ReadsNumbersFromTextsLikeOpa) {
  const Program program = must_compile({{"a.rego", R"(package a
r := {x: y | some x in input; y := to_number(x)}
)"}});
  EXPECT_EQ(evaluated(program, "data.a.r", R"(["12", "+1", "007", "1.", "-.5", "1_000", "1e3",
                       "12345678901234567890123", "0x_1.8p1_0", "-007", " 12", "12 ", "1__0",
                       "_1", "0x10", "1e400", "inf", "", "+", "++1", "0xp1"])"),
            R"({"+1":1,"-.5":-0.5,"-007":-7,"007":7,"0x_1.8p1_0":1536,"1.":1,"12":12,)"
            R"("12345678901234567890123":12345678901234567890123,"1_000":1000,"1e3":1000})");
}

TEST(Engine, SharesOneProgramAndDocumentAmongThreads) {
  const Program program = must_compile({{"a.rego", "package a\nx := sum(input.n)\n"}});
  const Document input = document(R"({"n": [1, 2, 3]})");
  std::vector<std::thread> threads;
  std::vector<std::string> seen(4);
  for (std::string& out : seen) {
    threads.emplace_back([&] {
      Evaluator evaluator = program.evaluator().value();
      Request request;
      request.entry = "data.a.x";
      for (int i = 0; i < 50; ++i) out = evaluator.evaluate(request, input)->json;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(seen, std::vector<std::string>(4, "6"));
}

TEST(Engine, WritesNumbersAndTextCanonically) {
  const Program program = must_compile({{"a.rego", "package a\nx := input\n"}});
  EXPECT_EQ(evaluated(program, "data.a.x", R"({"b": 1.0, "a": [1e3, 0.5, -0.0, 1e-7, 1.5e22]})"),
            R"({"a":[1000,0.5,0,1e-7,15000000000000000000000],"b":1})");
  EXPECT_EQ(evaluated(program, "data.a.x", "12345678901234567890123456789"),
            "12345678901234567890123456789");
  EXPECT_EQ(evaluated(program, "data.a.x", R"("\u00e9\ud83d\ude00\n\u0001\"")"),
            R"("é😀\n\u0001\"")");
}

TEST(Document, SharesTheMembersOfAnObject) {
  const Program program = must_compile({{"a.rego", "package a\nx := input\n"}});
  const std::pair<std::string_view, Document> members[] = {
      {"review", document(R"({"kind": "Pod"})")}, {"parameters", document("[1]")}, {"none", {}}};
  const Document both = Document::object(members).value();
  Evaluator evaluator = program.evaluator().value();
  Request request;
  request.entry = "data.a.x";
  EXPECT_EQ(evaluator.evaluate(request, both)->json,
            R"({"parameters":[1],"review":{"kind":"Pod"}})");
}

TEST(Document, RefusesWhatIsNoStrictJson) {
  const auto message = [](std::string_view json) {
    auto parsed = Document::parse(json, Limits{});
    return parsed ? std::string("accepted") : parsed.error().message();
  };
  EXPECT_EQ(message("{\"a\": 1,\n \"a\": 2}"),
            "document: line 2, column 2: the member \"a\" stands twice in one object");
  EXPECT_EQ(message("[1,]"), "document: line 1, column 4: expected a value");
  EXPECT_EQ(message("[1] 2"), "document: line 1, column 5: text after the end of the document");
  EXPECT_EQ(message(""), "document: line 1, column 1: the document ends too early");
  EXPECT_EQ(message("\"\xff\""), "document: byte 1: not UTF-8; save the document as UTF-8");
  EXPECT_NE(message("{\"a\": NaN}"), "accepted");
  EXPECT_NE(message("[01]"), "accepted");
}

}  // namespace
}  // namespace bulkhead::policy
