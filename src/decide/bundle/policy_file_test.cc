// SPDX-License-Identifier: Apache-2.0
#include "decide/bundle/policy_file.h"

#include <gtest/gtest.h>

#include "decide/bundle/pack.h"

namespace bulkhead::decide {
namespace {

constexpr std::string_view kFull = R"(version: 1
name: acme
packs:
  - image-hygiene
  - id: vulnerabilities
    mode: warn
    modes: {admission: enforce}
    scope:
      registries: [registry.example.org]
      labels: {tier: "front*"}
    parameters: {grace: {critical: 7}, list: [a, "1"]}
    rules:
      VUL004: {mode: observe, severity: low}
mappings: [nist-800-190]
waivers: waivers.yaml
local_waivers: true
on_error: warn
runtime: {deny: [x]}
)";

TEST(PolicyFile, ReadsEveryMember) {
  auto file = parse_policy_file("policy.yaml", kFull);
  ASSERT_TRUE(file) << file.error().message();
  ASSERT_EQ(file->packs.size(), 2u);
  EXPECT_EQ(file->packs[0].pack, "image-hygiene");
  EXPECT_EQ(file->packs[0].mode_at(model::Stage::kBuild), model::PolicyMode::kEnforce);
  EXPECT_TRUE(file->packs[0].scope.everything());
  const PackEntry& entry = file->packs[1];
  EXPECT_EQ(entry.mode_at(model::Stage::kBuild), model::PolicyMode::kWarn);
  EXPECT_EQ(entry.mode_at(model::Stage::kAdmission), model::PolicyMode::kEnforce);
  EXPECT_EQ(entry.scope.labels.at("tier"), "front*");
  EXPECT_EQ(entry.parameters, R"({"grace":{"critical":7},"list":["a","1"]})");
  EXPECT_EQ(entry.rules.at("VUL004").mode, model::PolicyMode::kObserve);
  EXPECT_EQ(entry.rules.at("VUL004").severity, model::Severity::kLow);
  EXPECT_EQ(file->waivers, std::vector<std::string>{"waivers.yaml"});
  EXPECT_TRUE(file->local_waivers);
  EXPECT_EQ(file->on_error, model::Decision::kWarn);
  EXPECT_EQ(file->runtime, R"({"deny":["x"]})");
}

TEST(PolicyFile, IsClosedUnlessItSaysOtherwise) {
  auto file = parse_policy_file("policy.yaml", "version: 1\n");
  ASSERT_TRUE(file);
  EXPECT_EQ(file->on_error, model::Decision::kDeny);
  EXPECT_FALSE(file->local_waivers);
}

TEST(PolicyFile, NamesFileAndLineOfWhatIsWrong) {
  struct Case {
    const char* text;
    const char* error;
  };
  for (const Case& c : {
           Case{"packs: []\n", "policy.yaml:1: policy: \"version: 1\" is missing"},
           Case{"version: 2\n", "other versions"},
           Case{"version: 1\npack: []\n", "policy.yaml:2: policy has no member \"pack\""},
           Case{"version: 1\npacks:\n  - id: a\n    mod: warn\n",
                "policy.yaml:4: pack has no member"},
           Case{"version: 1\npacks:\n  - id: a\n    mode: strict\n",
                "policy.yaml:4: pack: a mode is"},
           Case{"version: 1\npacks:\n  - {mode: warn}\n", "\"id\" is missing"},
           Case{"version: 1\npacks: x\n", "packs must be a list"},
           Case{"version: 1\npacks:\n  - id: a\n    modes: {compile: warn}\n",
                "\"compile\" is no stage"},
           Case{"version: 1\non_error: allow\n", "on_error is deny"},
           Case{"version: 1\nlocal_waivers: maybe\n", "must be true or false"},
           Case{"version: 1\nversion: 1\n", "policy.yaml"},
       }) {
    auto file = parse_policy_file("policy.yaml", c.text);
    ASSERT_FALSE(file) << c.text;
    EXPECT_NE(file.error().message().find(c.error), std::string::npos) << file.error().message();
  }
}

TEST(Pack, ReadsRulesAndRefusesSlips) {
  auto pack = parse_pack("p/pack.yaml", R"(id: x
package: bulkhead.x
stages: [build]
parameters: {days: 90}
rules:
  - {id: X1, title: t, severity: high, level: warn, why: w, fix: f, references: [CWE-1],
     needs: [image.config]}
  - {id: X2, title: u, needs: "findings:secret"}
)");
  ASSERT_TRUE(pack) << pack.error().message();
  EXPECT_EQ(pack->rules.at("X1").level, model::Decision::kWarn);
  EXPECT_EQ(pack->rules.at("X2").severity, model::Severity::kMedium);
  EXPECT_EQ(pack->parameters, R"({"days":90})");
  for (const char* text : {
           "package: bulkhead.x\nrules: []\n",
           "id: x\npackage: other\nrules: []\n",
           "id: x\npackage: bulkhead.x\n",
           "id: x\npackage: bulkhead.x\nrules: [{id: A, title: a}, {id: A, title: a}]\n",
           "id: x\npackage: bulkhead.x\nrules: [{id: A, title: a, severity: bad}]\n",
           "id: x\npackage: bulkhead.x\nrules: [{id: A, title: a, level: allow}]\n",
           "id: x\npackage: bulkhead.x\nrules: [{id: 'a b', title: a}]\n",
           "id: x\npackage: bulkhead.x\nrules: [{id: A, title: a, needs: ['a b']}]\n",
           "id: x\npackage: bulkhead.x\nstages: [never]\nrules: []\n",
       }) {
    EXPECT_FALSE(parse_pack("p/pack.yaml", text)) << text;
  }
}

TEST(Mapping, ReadsControls) {
  auto mapping =
      parse_mapping("m.yaml", "id: m\ncontrols:\n- {id: '1.1', covered: partial, rules: [X1]}\n");
  ASSERT_TRUE(mapping) << mapping.error().message();
  EXPECT_EQ(mapping->controls.at(0).rules.at(0), "X1");
  EXPECT_FALSE(parse_mapping("m.yaml", "id: m\ncontrols:\n- {id: a, covered: mostly}\n"));
  EXPECT_FALSE(parse_mapping(
      "m.yaml", "id: m\ncontrols:\n- {id: a, covered: full}\n- {id: a, covered: full}\n"));
}

}  // namespace
}  // namespace bulkhead::decide
