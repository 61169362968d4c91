// SPDX-License-Identifier: Apache-2.0
#include "base/node_json.h"

#include <gtest/gtest.h>

namespace bulkhead::base {
namespace {

std::string json_of(std::string_view yaml, ScalarSchema schema = ScalarSchema::kCore) {
  auto node = parse_yaml(yaml, Limits());
  return node ? node_to_json(*node, schema) : node.error().message();
}

TEST(NodeJson, ResolvesPlainScalarsByTheCoreSchema) {
  struct Case {
    const char* yaml;
    const char* json;
  };
  for (const Case& c : {
           Case{"true", "true"},
           Case{"FALSE", "false"},
           Case{"tRUE", R"("tRUE")"},
           Case{"yes", R"("yes")"},
           Case{"~", "null"},
           Case{"Null", "null"},
           Case{"\"5\"", R"("5")"},
           Case{"5", "5"},
           Case{"+5", "5"},
           Case{"-0", "0"},
           Case{"007", "7"},
           Case{"0x1F", "31"},
           Case{"0o17", "15"},
           Case{"-0x10", "-16"},
           Case{"0xZ", R"("0xZ")"},
           Case{"123456789012345678901234567890", "123456789012345678901234567890"},
           Case{"1.50", "1.5"},
           Case{".5", "0.5"},
           Case{"1e3", "1000"},
           Case{"1e", R"("1e")"},
           Case{"1.2.3", R"("1.2.3")"},
           Case{".inf", R"(".inf")"},
           Case{"1e999", R"("1e999")"},
           Case{".", R"(".")"},
           Case{"2024-01-02", R"("2024-01-02")"},
           Case{"10Mi", R"("10Mi")"},
       }) {
    std::string got = json_of(std::string("k: ") + c.yaml);
    EXPECT_TRUE(got == std::string("{\"k\":") + c.json + "}") << c.yaml << " became " << got;
  }
}

TEST(NodeJson, ReadsKubernetesManifestsAsItsOwnReaderDoes) {
  EXPECT_EQ(json_of("a: on\nb: No\nc: 0644\nd: 089\ne: 'on'\n", ScalarSchema::kYaml11),
            R"({"a":true,"b":false,"c":420,"d":89,"e":"on"})");
}

TEST(NodeJson, ReadsNumbersOfYaml11AndToml) {
  EXPECT_EQ(
      json_of("[yes, No, on, OFF, y, N, ~, yess, 'yes', !!str 2, 1:30]", ScalarSchema::kYaml11),
      R"([true,false,true,false,true,false,null,"yess","yes","2","1:30"])");
  EXPECT_EQ(json_of("[010, 0x1F, 0b11, -0b11, 1_000, 08, 1_0.5, _1, 0x, -]", ScalarSchema::kYaml11),
            R"([8,31,3,-3,1000,8,10.5,"_1","0x","-"])");
  auto toml = parse_toml("a = 1_000\nb = 0b11\nc = true\nd = 1979-05-27\ne = 'on'\n", Limits());
  ASSERT_TRUE(toml);
  EXPECT_EQ(node_to_json(*toml, ScalarSchema::kToml),
            R"({"a":1000,"b":3,"c":true,"d":"1979-05-27","e":"on"})");
}

TEST(NodeJson, ReadsKeysAsKubernetesDoes) {
  EXPECT_EQ(json_of("{on: 1, 'off': 2, 0x10: 3, a: 5}", ScalarSchema::kYaml11),
            R"({"true":1,"off":2,"16":3,"a":5})");
  EXPECT_EQ(json_of("{yes: 1, on: 2, 'true': 3}", ScalarSchema::kYaml11), R"({"true":1})");
  EXPECT_EQ(json_of("{on: 1, yes: 2}"), R"({"on":1,"yes":2})");
}

TEST(NodeJson, KeepsStructureAndOrder) {
  EXPECT_EQ(json_of("z: [1, {b: c}]\na:\n- x\n- \"1\"\ne: {}\nf: []\n"),
            R"({"z":[1,{"b":"c"}],"a":["x","1"],"e":{},"f":[]})");
}

}  // namespace
}  // namespace bulkhead::base
