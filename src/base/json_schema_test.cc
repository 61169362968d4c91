// SPDX-License-Identifier: Apache-2.0
#include "base/json_schema.h"

#include <gtest/gtest.h>

#include "base/json_format.h"

namespace bulkhead::base::json {
namespace {

std::string check(const char* schema, const char* text) {
  SchemaSet set;
  EXPECT_TRUE(set.add("s", schema));
  auto document = Document::parse(text);
  EXPECT_TRUE(document) << text;
  auto status = set.validate("s", document->root());
  return status ? "" : status.error().message();
}

TEST(JsonSchema, Keywords) {
  struct Case {
    const char* schema;
    const char* fits;
    const char* does_not;
  };
  for (auto [schema, fits, does_not] : {
           Case{R"({"type":"integer"})", "1.0", "1.5"},
           Case{R"({"type":["string","null"]})", "null", "1"},
           Case{R"({"enum":[1,{"a":[2]}]})", R"({"a":[2]})", R"({"a":[3]})"},
           Case{R"({"const":{"a":1,"b":2}})", R"({"b":2,"a":1})", R"({"a":1})"},
           Case{R"({"minLength":2,"maxLength":2})", "\"\xc3\xa4\xc3\xa4\"", "\"a\""},
           Case{R"({"pattern":"^a+$"})", "\"aa\"", "\"ab\""},
           Case{R"({"minimum":1,"maximum":3})", "3", "4"},
           Case{R"({"exclusiveMinimum":1})", "2", "1"},
           Case{R"({"multipleOf":2})", "4", "5"},
           Case{R"({"items":{"type":"string"}})", R"(["a"])", "[1]"},
           Case{R"({"items":[{"type":"string"}],"additionalItems":false})", R"(["a"])",
                R"(["a",1])"},
           Case{R"({"uniqueItems":true})", "[1,2]", "[1,1.0]"},
           Case{R"({"contains":{"const":1}})", "[2,1]", "[2]"},
           Case{R"({"minItems":1,"maxItems":2})", "[1]", "[]"},
           Case{R"({"required":["a"]})", R"({"a":1})", R"({"b":1})"},
           Case{R"({"properties":{"a":true},"patternProperties":{"^x":{"type":"null"}},
                    "additionalProperties":false})",
                R"({"a":1,"x1":null})", R"({"b":1})"},
           Case{R"({"propertyNames":{"pattern":"^[a-z]$"}})", R"({"a":1})", R"({"aa":1})"},
           Case{R"({"dependencies":{"a":["b"]}})", R"({"a":1,"b":1})", R"({"a":1})"},
           Case{R"({"allOf":[{"type":"string"},{"minLength":1}]})", R"("a")", R"("")"},
           Case{R"({"anyOf":[{"type":"string"},{"type":"null"}]})", "null", "1"},
           Case{R"({"oneOf":[{"minimum":1},{"minimum":5}]})", "2", "6"},
           Case{R"({"not":{"type":"string"}})", "1", R"("a")"},
           Case{R"({"if":{"type":"string"},"then":{"minLength":1},"else":{"type":"null"}})", "null",
                "1"},
           Case{R"({"definitions":{"n":{"properties":{"next":{"$ref":"#/definitions/n"}},
                    "required":["v"]}},"$ref":"#/definitions/n"})",
                R"({"v":1,"next":{"v":2}})", R"({"v":1,"next":{}})"},
           Case{R"({"format":"date-time"})", R"("2026-01-02T03:04:05Z")", R"("2026-01-02")"},
       }) {
    EXPECT_EQ(check(schema, fits), "") << schema;
    EXPECT_NE(check(schema, does_not), "") << schema << " on " << does_not;
  }
}

TEST(JsonSchema, SaysWhere) {
  EXPECT_EQ(check(R"({"properties":{"a":{"items":{"type":"string"}}}})", R"({"a":["x",1]})"),
            "/a/1: is not of type string");
}

TEST(JsonSchema, RefusesWhatItDoesNotKnow) {
  EXPECT_NE(check(R"({"unevaluatedProperties":false})", "{}"), "");
  EXPECT_NE(check(R"({"$ref":"other.json"})", "{}"), "");
  EXPECT_NE(check(R"({"$ref":"#"})", "{}"), "");  // refers to itself without end
}

TEST(JsonSchema, StopsAfterSoManySteps) {
  SchemaSet set;
  EXPECT_TRUE(set.add("s", R"({"not":{"anyOf":[{"$ref":"#/not"},{"$ref":"#/not"}]}})"));
  const auto document = Document::parse("1");
  EXPECT_EQ(set.validate("s", document->root(), 1000).error().code(), Code::kLimit);
  EXPECT_TRUE(set.add("t", R"({"anyOf":[{"type":"string"},{"type":"number"}]})"));
  EXPECT_TRUE(set.validate("t", document->root(), 1000));
  EXPECT_FALSE(set.validate("t", document->root(), 2));
}

TEST(JsonSchema, Formats) {
  EXPECT_TRUE(matches_format("date-time", "2020-04-13T20:20:39.123+02:00"));
  EXPECT_FALSE(matches_format("date-time", "2020-04-13T20:20:39"));
  EXPECT_FALSE(matches_format("date-time", "2020-13-13T20:20:39Z"));
  EXPECT_FALSE(matches_format("date-time", "2020-04-13 20:20:39Z"));
  EXPECT_TRUE(matches_format("uri", "https://example.org/a?b#c"));
  EXPECT_FALSE(matches_format("uri", "RS256"));
  EXPECT_FALSE(matches_format("uri", "https://example.org/a b"));
  EXPECT_TRUE(matches_format("iri-reference", "../a"));
  EXPECT_FALSE(matches_format("iri-reference", "a|b"));
  EXPECT_TRUE(matches_format("idn-email", "a@b"));
  EXPECT_FALSE(matches_format("idn-email", "ab"));
  EXPECT_TRUE(matches_format("anything-else", ""));
}

}  // namespace
}  // namespace bulkhead::base::json
