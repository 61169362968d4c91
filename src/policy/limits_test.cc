// SPDX-License-Identifier: Apache-2.0
// Hostile policies and documents: every one ends, and says what to do about it.
#include <gtest/gtest.h>
#include <pthread.h>

#include <functional>

#include "policy/engine.h"

namespace bulkhead::policy {
namespace {

using base::Code;
using std::chrono::milliseconds;

std::string repeat(std::string_view text, size_t times) {
  std::string out;
  for (size_t i = 0; i < times; ++i) out += text;
  return out;
}

// s0 is `first`; every further s<i> is `step` with % for the one before; x is the last.
std::string chain(std::string_view first, std::string_view step, int length) {
  std::string out = "s0 := " + std::string(first) + "\n";
  for (int i = 1; i < length; ++i) {
    out += "s" + std::to_string(i) + " := ";
    for (const char c : step) out += c == '%' ? "s" + std::to_string(i - 1) : std::string(1, c);
    out += '\n';
  }
  return out + "x := s" + std::to_string(length - 1) + "\n";
}

struct Outcome {
  Code code = Code::kInternal;
  std::string text;  // the error's message, or the value
  bool failed = false;
};

// Compiles package a, evaluates data.a.x, and makes sure that the evaluator still works after it.
Outcome outcome(const std::string& rules, const Limits& limits = {}) {
  std::vector<Problem> problems;
  const std::vector<Source> modules = {{"a.rego", "package a\n" + rules},
                                       {"b.rego", "package b\nfine := 7\n"}};
  const auto program = Program::compile(modules, {}, limits, problems);
  if (!program) return {program.error().code(), program.error().message(), true};
  Evaluator evaluator = program->evaluator().value();
  const Document input = Document::parse("{}", limits).value();
  Request request;
  request.entry = "data.a.x";
  const auto answer = evaluator.evaluate(request, input);
  request.entry = "data.b.fine";
  const auto after = evaluator.evaluate(request, input);
  EXPECT_TRUE(after && after->json == "7") << rules.substr(0, 200);
  if (!answer) return {answer.error().code(), answer.error().message(), true};
  return {Code::kInternal, answer->json, false};
}

Limits brief() {
  Limits limits;
  limits.deadline = milliseconds(200);
  limits.memory_bytes = 64u << 20;
  return limits;
}

TEST(HostilePolicy, RecursionIsACompileError) {
  EXPECT_EQ(outcome("f(n) := f(n + 1)\nx := f(1)\n").text,
            "a.rego:2:1: rule data.a.f is recursive: data.a.f -> data.a.f");
  EXPECT_EQ(outcome("x if y\ny if x\n").text,
            "a.rego:2:1: rule data.a.x is recursive: data.a.x -> data.a.y -> data.a.x");
  EXPECT_EQ(outcome("x := count(data.a)\n").text,
            "a.rego:2:1: rule data.a.x is recursive: data.a.x -> data.a.x");
  EXPECT_EQ(outcome("x := [v | v := data[_].x]\n").text,
            "a.rego:2:1: rule data.a.x is recursive: data.a.x -> data.a.x");
  EXPECT_FALSE(outcome("x := 1\ny := data[p].fine if p := \"b\"\n").failed);
}

TEST(HostilePolicy, LongChainsOfRulesAreACompileError) {
  EXPECT_EQ(
      outcome(chain("1", "%", 5000)).text,
      "a.rego:4002:1: data.a.s4000 stands on a chain of more than 4000 rules and nested values");
  EXPECT_EQ(outcome(chain("[1]", "[%]", 5000)).code, Code::kInvalid);
  EXPECT_EQ(outcome(chain("1", "%", 300)).text, "1");
}

TEST(HostilePolicy, EndlessLoopsStopAtTheDeadline) {
  const Outcome loops = outcome(
      "x := count([1 | some i in numbers.range(1, 1000000); some j in numbers.range(1, 100); i == "
      "j])",
      brief());
  EXPECT_EQ(loops.code, Code::kTimeout);
  EXPECT_EQ(loops.text.substr(0, 44), "data.a.x: takes longer than 200 ms: look for");
  // Numbers that double their digits with every rule.
  const Outcome numbers = outcome(chain("99999999999", "% * %", 40), brief());
  EXPECT_TRUE(numbers.code == Code::kTimeout || numbers.code == Code::kLimit) << numbers.text;
}

// A path is written at once, however long it is: few allocations, much work.
TEST(HostilePolicy, PathsOfGraphsStopAtALimit) {
  const Outcome paths = outcome(
      "nodes := numbers.range(1, 3000)\nx := count(graph.reachable_paths("
      "{n: [n + 1, n + 2] | some n in nodes}, [1]))\n",
      brief());
  EXPECT_TRUE(paths.code == Code::kTimeout || paths.code == Code::kLimit) << paths.text;
}

TEST(HostilePolicy, GrowingValuesStopAtTheMemoryLimit) {
  const std::string growing[] = {
      "x := count(numbers.range(0, 1000000000))\n",
      "x := bits.lsh(1, 4000000000)\n",
      "x := count([1 | some i in numbers.range(1, 1000000000); print(i)])\n",
      chain("\"aaaaaaaaaaaaaaaa\"", "concat(\"\", [%, %])", 60),
      chain("[1]", "array.concat(%, %)", 60),
      "t := concat(\"\", [\"a\" | some i in numbers.range(1, 100000)])\nx := replace(t, \"a\", "
      "t)\n",
  };
  for (const std::string& rules : growing) {
    Limits limits = brief();
    limits.deadline = milliseconds(20'000);
    const Outcome stopped = outcome(rules, limits);
    EXPECT_EQ(stopped.code, Code::kLimit) << rules.substr(0, 100) << "\n" << stopped.text;
    EXPECT_EQ(stopped.text.substr(0, 42), "data.a.x: needs more than 64 MiB of memory");
  }
}

TEST(HostilePolicy, BuiltinsRefuseTooMuch) {
  const std::string excessive[] = {
      "x := sprintf(\"%1000000000d\", [1])\n",
      "x := regex.match(\"(a{1000}){1000}\", \"aaa\")\n",
      "x := regex.match(\"(a?){999}(a|b|ab)*c$\", t)\nt := concat(\"\", [\"aaaaaaaaaa\" | some i "
      "in "
      "numbers.range(1, 100000)])\n",
      "x := net.cidr_expand(\"::/64\")\n",
      "x := numbers.range_step(0, 1000000000, 1)\n",
  };
  for (const std::string& rules : excessive) {
    Limits limits = brief();
    limits.deadline = milliseconds(20'000);
    const Outcome refused = outcome(rules, limits);
    EXPECT_EQ(refused.code, Code::kLimit) << rules << refused.text;
    EXPECT_EQ(refused.text.substr(0, 7), "a.rego:") << refused.text;
  }
}

TEST(HostilePolicy, LongListsTakeNoSquareOfTime) {
  EXPECT_EQ(outcome("l := [sprintf(\"a%d\", [i]) | some i in numbers.range(1, 20000)]\n"
                    "m := [concat(\"\", [\"b\", e]) | some e in l]\n"
                    "x := [strings.any_prefix_match(l, m), strings.any_suffix_match(m, l)]\n")
                .text,
            "[false,true]");
  EXPECT_EQ(outcome("l := [1 | some i in numbers.range(1, 20000)]\n"
                    "m := array.concat([1 | some i in numbers.range(1, 10000)], [2])\n"
                    "x := object.subset(l, m)\n")
                .text,
            "false");
  const Outcome schema = outcome(
      R"(s := {"definitions": {"a": {"anyOf": [
	{"$ref": "#/definitions/a"}, {"$ref": "#/definitions/a"}, {"$ref": "#/definitions/a"}]}},
	"$ref": "#/definitions/a"}
x := json.match_schema({}, s)
)");
  EXPECT_TRUE(schema.failed);
  EXPECT_NE(schema.text.find("too many steps"), std::string::npos) << schema.text;
}

TEST(HostilePolicy, DeepTermsAreACompileError) {
  for (const auto& [open, close] : {std::pair("[", "]"), {"(", ")"}, {"{", "}"}, {"count(", ")"}}) {
    const Outcome deep = outcome("x := " + repeat(open, 5000) + repeat(close, 5000) + "\n");
    EXPECT_NE(deep.text.find("nested more than 256 levels deep"), std::string::npos) << deep.text;
  }
  for (const std::string link : {" + 1", " | {1}", ".a", "[0]", " == 1", " else := 2 if input.b"}) {
    const Outcome deep = outcome("x := input" + repeat(link, 20'000) + "\n");
    EXPECT_NE(deep.text.find("more than 500 operators in one expression"), std::string::npos)
        << link;
  }
  EXPECT_EQ(outcome("x := 1" + repeat(" + 1", 499) + "\n").text, "500");
}

TEST(HostilePolicy, DeepDocumentsInTextsAreBounded) {
  const std::string brackets = "concat(\"\", [\"[\" | some i in numbers.range(1, 20000)])\n";
  // Undefined, because a builtin's error makes its expression so.
  EXPECT_EQ(outcome("x := json.unmarshal(s)\ns := " + brackets).text, "");
  outcome("x := yaml.unmarshal(s)\ns := " + brackets);
  std::string laughs = "a: &a [x,x,x,x,x,x,x,x,x]\\n";
  for (char c = 'b'; c < 'k'; ++c) {
    laughs += std::string(1, c) + ": &" + c + " [" +
              repeat(std::string("*") + char(c - 1) + ",", 9) + "x]\\n";
  }
  const Outcome bounded = outcome("x := count(yaml.unmarshal(\"" + laughs + "\"))\n", brief());
  EXPECT_TRUE(!bounded.failed || bounded.code == Code::kLimit || bounded.code == Code::kTimeout);
}

TEST(HostilePolicy, PanicsOfTheInterpreterAreErrors) {
  const Outcome panic = outcome("x := numbers.range(0, 9000000000000000000)\n");
  EXPECT_EQ(panic.code, Code::kInternal);
  EXPECT_EQ(panic.text.substr(0, 36), "data.a.x: the policy engine failed: ");
}

TEST(HostilePolicy, SizesAreChecked) {
  Limits limits;
  limits.module_bytes = 100;
  EXPECT_EQ(outcome("x := \"" + repeat("a", 100) + "\"\n", limits).code, Code::kLimit);
  limits = {};
  limits.modules = 1;
  EXPECT_EQ(outcome("x := 1\n", limits).code, Code::kLimit);
  limits = {};
  limits.document_bytes = 10;
  EXPECT_EQ(Document::parse("[1,2,3,4,5,6]", limits).error().code(), Code::kLimit);
  std::vector<Problem> problems;
  const std::vector<DataSource> data = {{"d.json", {}, "{\"a\": \"0123456789\"}"}};
  EXPECT_EQ(Program::compile({}, data, limits, problems).error().code(), Code::kLimit);
}

TEST(HostileDocument, IsBounded) {
  Limits limits;
  limits.depth = 100;
  EXPECT_TRUE(Document::parse(repeat("[", 100) + repeat("]", 100), limits));
  const auto deep = Document::parse(repeat("[", 101) + repeat("]", 101), limits);
  EXPECT_EQ(deep.error().message(), "document: line 1, column 101: nested too deeply");
  EXPECT_FALSE(Document::parse(repeat("{\"a\":", 1'000'000), limits));
  limits.memory_bytes = 1u << 20;
  EXPECT_EQ(Document::parse("[" + repeat("1,", 100'000) + "1]", limits).error().code(),
            Code::kLimit);
  EXPECT_FALSE(Document::parse(repeat("9", 1'000'000), limits));
  EXPECT_FALSE(Document::parse("1e999999999", limits));
}

// Runs a function on a thread whose stack is small.
void on_small_stack(size_t bytes, const std::function<void()>& run) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, bytes);
  pthread_t thread;
  const auto start = [](void* f) -> void* {
    (*static_cast<const std::function<void()>*>(f))();
    return nullptr;
  };
  ASSERT_EQ(pthread_create(&thread, &attributes, start, const_cast<std::function<void()>*>(&run)),
            0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
}

TEST(HostilePolicy, KnowsHowMuchStackItsThreadHas) {
  on_small_stack(1u << 20, [] {
    EXPECT_EQ(outcome(chain("1", "%", 20)).text, "1");
    const Outcome stopped = outcome(chain("1", "%", 3900));
    EXPECT_EQ(stopped.code, Code::kLimit);
    EXPECT_EQ(stopped.text.substr(0, 28), "data.a.x: uses up the stack:");
  });
}

}  // namespace
}  // namespace bulkhead::policy
