// SPDX-License-Identifier: Apache-2.0
// Builtins as policies call them. Values are OPA's; `make test-peers` compares more of them.
#include "policy/builtin.h"

#include <gtest/gtest.h>

#include <set>

#include "policy/engine.h"

namespace bulkhead::policy {
namespace {

// The value of an expression; "undefined", or "error: " and the message.
std::string value(const std::string& expression, bool strict = false) {
  std::vector<Problem> problems;
  const std::vector<Source> modules = {{"a.rego", "package a\nx := " + expression + "\n"}};
  Program::Options options;
  options.strict_errors = strict;
  const auto program = Program::compile(modules, {}, {}, problems, options);
  if (!program) return "compile: " + program.error().message();
  Evaluator evaluator = program->evaluator().value();
  Request request;
  request.entry = "data.a.x";
  request.now_ns = 1'700'000'000'000'000'000;
  request.seed = 42;
  const auto answer = evaluator.evaluate(request, Document::parse("{}", {}).value());
  if (!answer) return "error: " + answer.error().message();
  return answer->defined ? answer->json : "undefined";
}

struct Case {
  const char* expression;
  const char* want;
};

void check(std::initializer_list<Case> cases) {
  for (const Case& c : cases) EXPECT_EQ(value(c.expression), c.want) << c.expression;
}

TEST(Builtins, AreRegisteredOnceAndDescribed) {
  std::set<std::string_view> names;
  for (const Family* family : all_families()) {
    EXPECT_FALSE(family->summary.empty()) << family->name;
    EXPECT_FALSE(family->builtins.empty()) << family->name;
    for (const Builtin& builtin : family->builtins) {
      EXPECT_TRUE(names.insert(builtin.name).second) << builtin.name;
    }
  }
}

TEST(Builtins, ErrorsAreUndefinedUnlessStrict) {
  EXPECT_EQ(value("crypto.md5([1][0])"), "undefined");
  EXPECT_EQ(value("crypto.md5([1][0])", true),
            "error: a.rego:2:16: crypto.md5: operand 1 must be string but got number");
  EXPECT_EQ(value("count(crypto.md5(1, 2))"),
            "compile: a.rego:2:12: function crypto.md5 has arity 1, got 2 arguments");
}

// As OPA's compiler has it; what only shows when it is evaluated is undefined then.
TEST(Builtins, ArgumentsOfTheWrongKindDoNotCompile) {
  check({
      {"startswith(input.x, 0)",
       "compile: a.rego:2:26: operand 2 of startswith must be string, not number"},
      {"lower(count([1]))", "compile: a.rego:2:17: operand 1 of lower must be string, not number"},
      {R"(input.x + "a")",
       "compile: a.rego:2:17: operand of an operator must be number, not string"},
      {"[1] | {2}", "compile: a.rego:2:6: operand of an operator must be set, not array"},
      {"count({1, 2} - {2})", "1"},
      {R"(concat(",", [x | x := ["a"][_]]))", R"("a")"},
  });
}

TEST(Builtins, Digests) {
  check({
      {R"(crypto.md5("message"))", R"("78e731027d8fd50ed642340b7c9a63b3")"},
      {R"(crypto.sha1("message"))", R"("6f9b9af3cd6e8b8a73c2cdced37fe9f59226e27d")"},
      {R"(crypto.sha256(""))",
       R"("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")"},
      {R"(crypto.hmac.md5("what do ya want for nothing?", "Jefe"))",
       R"("750c783e6ab0b503eaa86e310a5db738")"},
      {R"(crypto.hmac.equal("ab", "ab"))", "true"},
      {R"(crypto.hmac.equal("ab", "ac"))", "false"},
  });
}

// As Go's regexp reads them: classes are ASCII, every escaped punctuation is itself.
TEST(Builtins, RegularExpressions) {
  check({
      {R"x(regex.match("([$<][(]|`) *(curl|wget) ", "$(curl a"))x", "true"},
      {R"x(regex.match(`^[A-Za-z0-9._-]+(\[[^\]]*\])?([<>~!].*)?$`, "flask>=3"))x", "true"},
      {R"x(regex.match(`^\<a\>$`, "<a>"))x", "true"},
      {R"x(regex.match(`[\<]`, "<"))x", "true"},
      {R"x(regex.match(`^\w$`, "\u00e9"))x", "false"},
      {R"x(regex.match(`\bx\w`, "xy"))x", "true"},
      {R"x(regex.match(`[[a]`, "["))x", "true"},
      {R"x(regex.match(`[a&&b]`, "&"))x", "true"},
      {R"x(regex.match(`^a{,2}$`, "a{,2}"))x", "true"},
      {R"x(regex.match(`^\Qa.<b\E$`, "a.<b"))x", "true"},
      {R"x(regex.match(`^\Qa.b\E$`, "axb"))x", "false"},
      {R"x(regex.find_n(`[^\s()]+`, "a (b)", -1))x", R"(["a","b"])"},
  });
}

TEST(Builtins, TextsAreCountedInCharacters) {
  check({
      {R"(count("😀 smile"))", "7"},
      {R"([indexof("aöb", "b"), indexof("a", "x")])", "[2,-1]"},
      {R"(indexof("a", ""))", "undefined"},
      {R"(indexof_n("aaa", "aa"))", "[0,1]"},
      {R"(strings.replace_n({"": "-", "é": "e"}, "aéb"))", R"("-a-e-b-")"},
      {R"(strings.replace_n({"": "-"}, "é"))", R"("-é-")"},
  });
}

TEST(Builtins, OperatorsHaveNames) {
  check({
      {"[plus(1, 2), minus(1, 2), mul(3, 4), div(7, 2), div(8, 2), rem(-7, 3)]",
       "[3,-1,12,3.5,4,-1]"},
      {"[equal(1, 1.0), neq({1}, {1}), lt(1, \"a\"), gte([2], [1])]", "[true,false,true,true]"},
      {"[minus({1, 2}, {2}), and({1, 2}, {2, 3}), or({1}, {3})]", "[[1],[2],[1,3]]"},
      {"div(1, 0)", "undefined"},
      {"[format_int(-0.5, 10), format_int(-255, 16), format_int(18446744073709551617, 16)]",
       R"(["0","-ff","10000000000000001"])"},
  });
}

TEST(Builtins, JsonPaths) {
  check({
      {R"(json.filter({"a": 1, "b": [{"c": 2}, 3]}, ["a/x", "b/0/c"]))",
       R"({"a":1,"b":[{"c":2}]})"},
      {R"(json.remove({"a": 1, "b": [1, 2, 3]}, {"a/x", "b/1"}))", R"({"a":1,"b":[1,3]})"},
      {R"(json.remove({"a/b": 1}, ["a~1b"]))", "{}"},
      {R"(json.filter({"a": {"b": 1, "c": 2}}, [["a", "b"], "a"]))", R"({"a":{"b":1,"c":2}})"},
  });
}

TEST(Builtins, DatesAreReckonedAsGoDoes) {
  check({
      {"time.add_date(951782400000000000, 5, 2, 3)", "1114992000000000000"},
      {"time.add_date([[951782400000000000, \"Nowhere\"]][0], 0, 0, 1)", "undefined"},
      // Years in between have no bounds; the clocks of 2025-03-30 02:30 do not exist.
      {"time.add_date(951782400000000000, 20000, -240000, 1)", "951868800000000000"},
      {R"(time.add_date([[1743211800000000000, "Europe/Berlin"]][0], 0, 0, 1))",
       "1743298200000000000"},
      {"time.add_date(951782400000000000, 300, 0, 0)", "undefined"},
      {R"(time.diff([1750000000123456789, "America/New_York"], [1700000000000000000, ""]))",
       "[1,7,0,17,53,20]"},
      {"time.date([1750000000123456789])", "[2025,6,15]"},
      {R"(time.clock([1750000000123456789, "Asia/Kolkata"]))", "[20,36,40]"},
      {R"(time.clock([1750000000123456789, "Local"]))", "[15,6,40]"},
      {R"(time.clock([1750000000123456789, "asia/kolkata"]))", "undefined"},
      {R"(time.clock([1750000000123456789, "UTC", 1]))", "undefined"},
      // Behind the last change that a table lists, the rule at its end counts.
      {R"(time.clock([4086846245000000000, "Europe/Berlin"]))", "[13,4,5]"},
      {R"(time.weekday([1750000000123456789, "Pacific/Auckland"]))", R"("Monday")"},
      {"time.date(9223372036854775808)", "undefined"},
      {"time.date([])", "undefined"},
  });
}

TEST(Builtins, TimesAreWrittenByLayoutsOfGo) {
  check({
      {"time.format(1750000000123456789)", R"("2025-06-15T15:06:40.123456789Z")"},
      {R"(time.format([1750000000000000000, "Asia/Tehran"]))", R"("2025-06-15T18:36:40+03:30")"},
      {R"(time.format([1750000000123456789, "America/New_York", "RFC822"]))",
       R"("15 Jun 25 11:06 EDT")"},
      {R"(time.format([1750000000123456789, "", "Monday January _2 __2 002 3:4:5 pm"]))",
       R"("Sunday June 15 166 166 3:6:40 pm")"},
      {R"(time.format([1750000000123456789, "Asia/Kolkata", "05.000,999 Z0700 -07:00:00"]))",
       R"("40.123,123 +0530 +05:30:00")"},
      {R"(time.format([1750000000123456789, "", "Month \u00e9_2006"]))", R"("Month é_2025")"},
  });
}

TEST(Builtins, TimesAreReadByLayoutsOfGo) {
  check({
      {R"(time.parse_rfc3339_ns("2026-06-01t12:00:00z"))", "undefined"},
      {R"(time.parse_rfc3339_ns("2026-06-01T12:00:00+02:00"))", "1780308000000000000"},
      {R"(time.parse_rfc3339_ns("2026-06-01T12:00:00,5Z"))", "1780315200500000000"},
      {R"(time.parse_rfc3339_ns("0001-01-01T00:00:00Z"))", "undefined"},
      {R"(time.parse_ns("RFC822", "01 jun 26 12:00 CEST"))", "1780315200000000000"},
      {R"(time.parse_ns("3:04 PM 2006-002", "12:30 AM 2024-060"))", "1709166600000000000"},
      {R"(time.parse_ns("2006-01-02", "2025-02-29"))", "undefined"},
      {R"(time.parse_ns("2006 002 01", "2025 032 01"))", "undefined"},
      {R"(time.parse_ns("2006-01-02", "2025-02-28 "))", "undefined"},
      {R"(time.parse_ns("\u00e9", "\u00e9"))", "undefined"},
  });
}

// What the interpreter does for its own builtins alone.
TEST(Builtins, OfTimesGiveResultsAndAreReplacedAsOthers) {
  check({
      {"[h | time.clock(1750000000123456789, [h, _, _])]", "[15]"},
      {R"({true | not time.weekday(0, "Friday")})", "[true]"},
      {"[y | y := time.clock(0) with time.clock as 1]", "[1]"},
      {R"([y | time.weekday(0, y) with time.weekday as "x"])", R"(["x"])"},
      {"[d | d := time.clock(0, e)]",
       "compile: a.rego:2:16: function time.clock has arity 1, got 2 arguments"},
  });
}

TEST(Builtins, ExpressionsAreThoseOfGo) {
  check({
      {R"(regex.match(`^\p{Lu}\x{e4}$`, "Ää"))", "true"},
      {R"(regex.match(`^[<>~!]\<$`, "><"))", "true"},
      {R"(regex.find_n(`\Q<a>\E`, "x<a>", 1))", R"(["<a>"])"},
      {R"(regex.template_match("a<b>{[0-9]+}", "a<b>17", "{", "}"))", "true"},
  });
}

TEST(Builtins, Networks) {
  check({
      {R"(net.cidr_contains("10.0.0.0/8", "10.1.2.3"))", "true"},
      {R"(net.cidr_contains("10.0.0.0/8", "10.1.0.0/16"))", "true"},
      {R"(net.cidr_contains("10.1.0.0/16", "10.0.0.0/8"))", "false"},
      {R"(net.cidr_contains("2001:db8::/32", "2001:db8::1"))", "true"},
      {R"(net.cidr_contains("::/0", "10.0.0.1"))", "false"},
      {R"(net.cidr_contains("10.0.0.0/8", "x"))", "undefined"},
      {R"(net.cidr_intersects("10.0.0.0/8", "10.1.0.0/16"))", "true"},
      {R"(net.cidr_intersects("10.0.0.0/8", "11.1.0.0/16"))", "false"},
      {R"(net.cidr_is_valid("10.0.0.0/33"))", "false"},
      {R"(net.cidr_is_valid("2001:db8::/32"))", "true"},
      {R"(net.cidr_expand("192.168.0.4/30"))",
       R"(["192.168.0.4","192.168.0.5","192.168.0.6","192.168.0.7"])"},
      {R"(net.cidr_expand("2001:db8::1/128"))", R"(["2001:db8::1"])"},
      {R"(net.cidr_merge(["192.0.128.0/24", "192.0.129.0/24"]))", R"(["192.0.128.0/23"])"},
      {R"(net.cidr_merge({"10.0.0.0/9", "10.128.0.0/9", "1::/64"}))", R"(["10.0.0.0/8","1::/64"])"},
      {R"(net.cidr_contains_matches("1.1.1.0/24", ["1.1.1.1", "2.2.2.2"]))",
       R"([["1.1.1.0/24",0]])"},
      {R"(net.cidr_contains_matches({"a": ["1.1.0.0/16", 7]}, {"1.1.1.1"}))",
       R"([["a","1.1.1.1"]])"},
  });
  EXPECT_EQ(value(R"(net.cidr_expand("10.0.0.0/8"))"),
            "error: a.rego:2:21: net.cidr_expand: the network has more than 131072 addresses; test "
            "membership with net.cidr_contains");
}

TEST(Builtins, SemanticVersions) {
  check({
      {R"(semver.compare("1.2.3", "1.2.4"))", "-1"},
      {R"(semver.compare("v2.0.0", "1.9.9"))", "1"},
      {R"(semver.compare("1.0.0-alpha.2", "1.0.0-alpha.10"))", "-1"},
      {R"(semver.compare("1.0.0-alpha", "1.0.0"))", "-1"},
      {R"(semver.compare("1.0.0+a", "1.0.0+b"))", "0"},
      {R"(semver.compare("1.0", "1.0.0"))", "undefined"},
      {R"(semver.is_valid("1.0.0-01"))", "false"},
      {R"(semver.is_valid("1.0.0-rc.1+build"))", "true"},
      {R"(semver.is_valid(1))", "false"},
  });
}

TEST(Builtins, TextsAndCollections) {
  check({
      {R"(strings.split_n("a,b,c", ",", 2))", R"(["a","b"])"},
      {R"(strings.split_n("a,b,c", ",", -2))", R"(["b","c"])"},
      {R"(strings.split_n("a,b", ",", 5))", R"(["a","b"])"},
      {R"(strings.split_n("äb", "", 5))", R"(["ä","b"])"},
      {R"(strings.split_n("a,b", ",", 0))", "[]"},
      {R"(array.flatten([1, [2, [3]], []]))", "[1,2,[3]]"},
      {R"(glob.match("*.github.com", [], "api.github.com"))", "true"},
      {R"(glob.match("*.github.com", [], "a.api.github.com"))", "false"},
      {R"(glob.match("*hub.com", null, "a.github.com"))", "true"},
      {R"(glob.match("a:*:c", [":"], "a:b:c"))", "true"},
      {R"(glob.match("a", ["ab"], "a"))", "undefined"},
      {R"(glob.quote_meta("*.github.com"))", R"("\\*.github.com")"},
      {R"(set_diff({1, 2}, {2}))", "[1]"},
      {R"(all([true, 1]))", "false"},
      {R"(any({false, true}))", "true"},
      {R"(cast_array({2, 1}))", "[1,2]"},
      {R"(cast_string(1))", "undefined"},
      {R"(cast_null(null))", "null"},
  });
}

TEST(Builtins, FormattedTexts) {
  check({
      {R"~(sprintf("%s has %d of %v", ["a", 3, [1, "b"]]))~", R"~("a has 3 of [1, \"b\"]")~"},
      {R"~(sprintf("%v: %s, %d; 100", ["ü", "%v", 3]))~", R"~("ü: %v, 3; 100")~"},
      {R"~(sprintf("%v%v|%%v%", ["a", 1.0]))~", R"~("a1|%v%!(NOVERB)")~"},
      {R"~(sprintf("%5d|%-5d|%05d|%+d", [42, 42, 42, 42]))~", R"~("   42|42   |00042|+42")~"},
      {R"~(sprintf("%x %X %o %b %c", [255, 255, 8, 5, 65]))~", R"~("ff FF 10 101 A")~"},
      {R"~(sprintf("%.2f %8.3f %e %g", [1.005, 3.14159, 12345.678, 0.00001]))~",
       R"~("1.00    3.142 1.234568e+04 1e-05")~"},
      {R"~(sprintf("%v %v", [1234567.5, 0.5]))~", R"~("1.2345675e+06 0.5")~"},
      {R"~(sprintf("%q %.2s|%5s|%-5s|", ["a\"b", "äöü", "ab", "ab"]))~",
       R"~("\"a\\\"b\" äö|   ab|ab   |")~"},
      {R"~(sprintf("%d", ["x"]))~", R"~("%!d(string=x)")~"},
      {R"~(sprintf("%s", [1]))~", R"~("%!s(int64=1)")~"},
      {R"~(sprintf("%d %d", [1]))~", R"~("1 %!d(MISSING)")~"},
      {R"~(sprintf("%d", [1, "x", 2]))~", R"~("1%!(EXTRA string=x, int64=2)")~"},
      {R"~(sprintf("%[2]d %[1]d 100%%", [1, 2]))~", R"~("2 1 100%")~"},
      {R"~(sprintf("%*d%", [4, 7]))~", R"~("   7%!(NOVERB)")~"},
      {R"~(sprintf("%v %v %v", [{1, 2}, set(), {"a": null}]))~",
       R"~("{1, 2} set() {\"a\": null}")~"},
  });
  EXPECT_NE(value(R"~(sprintf("%100000d", [1]))~").find("above 10000"), std::string::npos);
}

TEST(Builtins, Uris) {
  check({
      {R"(uri.parse("https://u:p@Host.example:8443/a%20b/c?q=1&r#frag"))",
       R"({"fragment":"frag","hostname":"Host.example","path":"/a b/c","port":"8443",)"
       R"("raw_path":"/a b/c","raw_query":"q=1&r","scheme":"https"})"},
      {R"(uri.parse("http://[::1]:80/").hostname)", R"("::1")"},
      {R"(uri.parse("mailto:a@b"))", R"({"scheme":"mailto"})"},
      {R"(uri.parse("http://h/a%2fb").raw_path)", R"("/a%2fb")"},
      {R"(uri.parse("http://h:port/"))", "undefined"},
      {R"(uri.is_valid("a:b/c"))", "true"},
      {R"(uri.is_valid("1:b/c"))", "false"},
      {R"(uri.is_valid("%zz"))", "false"},
      {R"(uri.is_valid(""))", "false"},
      {R"(urlquery.encode("a b&ä=/"))", R"("a+b%26%C3%A4%3D%2F")"},
      {R"(urlquery.decode("a+b%26"))", R"("a b&")"},
      {R"(urlquery.encode_object({"b": ["1", "2"], "a": "x y"}))", R"("a=x+y&b=1&b=2")"},
      {R"(urlquery.decode_object("a=1&b=&a=2"))", R"({"a":["1","2"],"b":[""]})"},
  });
}

TEST(Builtins, NumbersJsonAndSchemas) {
  check({
      {"numbers.range_step(0, 10, 5)", "[0,5,10]"},
      {"numbers.range_step(3, 0, 2)", "[3,1]"},
      {"numbers.range_step(0, 10, 0)", "undefined"},
      {R"(time.parse_duration_ns("1h30m"))", "5400000000000"},
      {R"(time.parse_duration_ns("-1.5d"))", "-129600000000000"},
      {R"(time.parse_duration_ns("1x"))", "undefined"},
      {R"(time.parse_duration_ns("+1w2d3h0.5µs"))", "788400000000500"},
      {R"(time.parse_duration_ns("293y"))", "undefined"},
      {R"(json.is_valid("{}"))", "true"},
      {"json.is_valid([1][0])", "false"},
      {R"(yaml.is_valid("a: [1"))", "false"},
      {R"(strings.count("cheese", "e"))", "3"},
      {R"(strings.count("abc", ""))", "4"},
      {R"(strings.replace_n({"a": "b", "b": "a"}, "abc"))", R"("bac")"},
      {R"(json.match_schema({"a": 1}, {"properties": {"a": {"type": "number"}}}))", "[true,[]]"},
      {R"(json.match_schema({"a": "x"}, {"properties": {"a": {"type": "number"}}})[0])", "false"},
      {R"(json.verify_schema({"type": "string"}))", "[true,null]"},
      {R"(json.verify_schema({"properties": {"a": {"items": {"type": ["null", "text"]}}}}))",
       R"([false,"jsonschema: has a primitive type that is NOT VALID -- given: /text/ Expected )"
       R"(valid values are:[array boolean integer number null object string]"])"},
      {R"(json.verify_schema({"type": ["null", "null"]}))",
       R"([false,"jsonschema: null type is duplicated"])"},
      {R"(json.match_schema({}, {"type": "text"}))", "undefined"},
  });
}

// The node that a path starts from is entered again by its neighbours; every other one is not.
TEST(Builtins, PathsOfGraphs) {
  check({
      {R"(graph.reachable_paths({"a": ["a"]}, ["a"]))", R"([["a","a"]])"},
      {R"(graph.reachable_paths({"a": {"b", "c"}, "b": ["a", "d"], "c": 1}, {"a", "z"}))",
       R"([["a","b"],["a","c"]])"},
      {R"(graph.reachable_paths({"a": []}, ["a"]))", R"([["a"]])"},
      {R"(graph.reachable_paths({"a": []}, ["a"][0]))", "undefined"},
  });
}

TEST(Builtins, NothingReachesOut) {
  EXPECT_EQ(value(R"(http.send({"method": "get", "url": "http://localhost"}))"),
            "error: a.rego:2:15: http.send: policies may not use the network; ship "
            "what is needed "
            "as data (data.json, lists/)");
  EXPECT_NE(value(R"(net.lookup_ip_addr("localhost"))").find("may not ask name servers"),
            std::string::npos);
  EXPECT_EQ(value("opa.runtime()"), R"({"config":{},"env":{}})");
  EXPECT_EQ(value("time.now_ns()"), "1700000000000000000");
}

TEST(Builtins, RandomFollowsFromTheSeed) {
  const std::string once = value(R"([rand.intn("a", 1000000), rand.intn("a", 1000000)])");
  EXPECT_EQ(once, value(R"([rand.intn("a", 1000000), rand.intn("a", 1000000)])"));
  EXPECT_EQ(value(R"(rand.intn("a", 1000000) == rand.intn("a", 1000000))"), "true");
  EXPECT_EQ(value(R"(rand.intn("a", 1000000) == rand.intn("b", 1000000))"), "false");
  EXPECT_EQ(value(R"(rand.intn("a", 0))"), "0");
  EXPECT_EQ(value(R"(uuid.parse(uuid.rfc4122("k")))"), R"({"variant":"RFC4122","version":4})");
  EXPECT_EQ(value(R"(uuid.parse("00000000-0000-1000-8000-00000000000g"))"), "undefined");
  EXPECT_EQ(value(R"(uuid.parse("c232ab00-9414-11ec-b3c8-9e6bdeced846"))"),
            R"({"clocksequence":13256,"macvariables":"local:unicast",)"
            R"("nodeid":"9e-6b-de-ce-d8-46","time":1645557742000000000,)"
            R"("variant":"RFC4122","version":1})");
}

}  // namespace
}  // namespace bulkhead::policy
