// SPDX-License-Identifier: Apache-2.0
// What compiles and is wrong all the same: remarks of `policy check`, and what does not load.
#include "decide/check/policy_check.h"

#include <gtest/gtest.h>

namespace bulkhead::decide {
namespace {

constexpr const char* kPlainPack =
    "id: own\npackage: bulkhead.own\nparameters: {limit: 1}\nrules:\n  - {id: OWN1, title: t}\n";

Files own_policy(const std::string& rego) {
  return {{"packs/own/pack.yaml", kPlainPack},
          {"packs/own/own.rego", "package bulkhead.own\n\n" + rego},
          {"policy.yaml", "version: 1\npacks: [own]\n"}};
}

constexpr const char* kPlainRule = "deny contains {\"id\": \"OWN1\", \"message\": \"m\"} if true\n";

// "code path:line", of those that are not about tests and descriptions.
std::string remarks_of(const Files& files) {
  LoadOptions options;
  options.tests = true;
  auto policy = PolicySet::load(files, {}, options);
  if (!policy) return policy.error().message();
  auto remarks = check_policy(*policy, files, policy_input_schema());
  if (!remarks) return remarks.error().message();
  std::string out;
  for (const Remark& remark : *remarks) {
    if (remark.code == "bare-rule" || remark.code == "missing-test") continue;
    out += (out.empty() ? "" : ", ") + remark.code + " " + remark.path + ":" +
           std::to_string(remark.line);
  }
  return out;
}

std::string load_error_of(const Files& files) {
  auto policy = PolicySet::load(files, {}, {});
  return policy ? "" : policy.error().message();
}

TEST(PolicyCheck, FollowsPathsOfData) {
  struct Case {
    const char* body;
    const char* want;
  };
  for (const Case& c : {
           Case{"data.parameters.own.limit > 0", ""},
           Case{"data.parameters.own.limt > 0", "unknown-data packs/own/own.rego:4"},
           Case{"data.parameters.onw.limit > 0", "unknown-data packs/own/own.rego:4"},
           Case{"data.parameters[\"own\"].limt > 0", "unknown-data packs/own/own.rego:4"},
           Case{"parameter.limit > 0", ""},
           Case{"parameter.limt > 0", "unknown-data packs/own/own.rego:4"},
           Case{"data.lists.tools", ""},
           Case{"data.lists.mine", ""},
           Case{"data.lists.nowhere", "unknown-data packs/own/own.rego:4"},
           Case{"data.anything.at.all", ""},
       }) {
    std::string text = std::string("deny contains {\"id\": \"OWN1\", \"message\": \"m\"} if ") +
                       c.body + "\n\nparameter := data.parameters.own\n\nused if parameter\n";
    Files files = own_policy("# A comment.\n" + text);
    if (text.find("mine") != text.npos) files["lists/mine.yaml"] = "[a]\n";
    std::string got = remarks_of(files);
    std::string want = *c.want == '\0' ? "" : std::string(c.want) + ", ";
    EXPECT_EQ(got, want + "unused-rule packs/own/own.rego:8") << c.body;
  }
}

TEST(PolicyCheck, NamesRulesThatNothingAsks) {
  Files files = own_policy(std::string(kPlainRule) +
                           "\nviolation contains 1 if true\n\ndeny_b contains 1 if true\n\n"
                           "warn_c if true\n\nwarn contains {\"id\": \"OWN1\", \"message\": \"m\"} "
                           "if warn_c\n");
  EXPECT_EQ(remarks_of(files),
            "never-asked packs/own/own.rego:5, never-asked packs/own/own.rego:7");
}

TEST(PolicyCheck, NamesPacksThatJudgeNothing) {
  Files files = own_policy(kPlainRule);
  EXPECT_EQ(remarks_of(files), "");
  files["packs/idle/pack.yaml"] = "id: idle\npackage: bulkhead.idle\nrules: []\n";
  files["x.rego"] = "package bulkhead.bare\n\ndeny contains 1 if true\n";
  EXPECT_EQ(remarks_of(files), "unused-pack packs/idle/pack.yaml:0, unused-pack x.rego:3");
}

TEST(PolicyCheck, MappingsNameRulesThatThereAre) {
  Files files = own_policy(kPlainRule);
  files["mappings/m.yaml"] =
      "id: m\ncontrols:\n  - {id: '1', covered: full, rules: [OWN1, HYG001]}\n"
      "  - {id: '2', covered: full, rules: [OWN2]}\n";
  EXPECT_EQ(remarks_of(files), "unknown-rule mappings/m.yaml:4");
}

TEST(PolicyCheck, NamesListsThatNothingReads) {
  Files files = own_policy(kPlainRule);
  files["lists/mine.yaml"] = "[a]\n";
  files["lists/tools.yaml"] = shipped_policies().at("lists/tools.yaml");
  EXPECT_EQ(remarks_of(files), "unread-list lists/mine.yaml:0, unread-list lists/tools.yaml:0");
  files["policy.yaml"] = "version: 1\npacks: [own, image-hygiene]\n";
  EXPECT_EQ(remarks_of(files), "unread-list lists/mine.yaml:0");
  std::string& rego = files["packs/own/own.rego"];
  const std::string plain = rego;
  for (const char* read : {"data.lists.mine[_] == 1", "data.lists[\"mine\"][_] == 1",
                           "data.lists[input.stage][_] == 1"}) {
    rego = plain + "\ndeny contains {\"id\": \"OWN1\", \"message\": \"n\"} if " + read + "\n";
    EXPECT_EQ(remarks_of(files), "") << read;
  }
}

TEST(PolicyCheck, ComparesTheSetOfAResultWithItsLevel) {
  Files files = own_policy("warn contains {\"id\": \"OWN1\", \"message\": \"m\"} if true\n");
  EXPECT_EQ(remarks_of(files), "wrong-level packs/own/own.rego:3");
  files["packs/own/own.rego"] += kPlainRule;  // in both: the rule decides
  EXPECT_EQ(remarks_of(files), "");
  files = own_policy("deny contains {\n\t\"id\": \"OWN1\",\n\t\"message\": \"m\",\n} if true\n");
  EXPECT_EQ(remarks_of(files), "");
  files["packs/own/pack.yaml"] =
      "id: own\npackage: bulkhead.own\nrules:\n  - {id: OWN1, title: t, level: warn}\n";
  EXPECT_EQ(remarks_of(files), "wrong-level packs/own/own.rego:4");
}

TEST(PolicyCheck, NamesEntriesThatStandTwice) {
  Files files = own_policy(kPlainRule);
  files["policy.yaml"] =
      "version: 1\npacks:\n  - own\n  - {id: own, scope: {owners: [a]}}\n  - {id: own, mode: "
      "warn}\n"
      "  - {id: own, scope: {owners: [a]}}\n";
  EXPECT_EQ(remarks_of(files), "repeated-pack policy.yaml:5, repeated-pack policy.yaml:6");
}

TEST(PolicyCheck, WaiversAreOfRulesOrFindings) {
  Files files = own_policy(kPlainRule);
  files["waivers.yaml"] =
      "ignore:\n  - id: OWN1\n  - id: HYG001\n  - id: CVE-2026-1\n  - id: OWN2\n"
      "  - id: 0123456789abcdef0123\n  - id: nonsense\n";
  EXPECT_EQ(remarks_of(files), "unknown-rule waivers.yaml:5, unknown-rule waivers.yaml:7");
  files["waivers.yaml"] = "ignore:\n  - id: CVE-2026-1\n    package: lodash\n";
  std::string got = load_error_of(files);
  EXPECT_TRUE(got.starts_with("waivers.yaml:3: rule: \"lodash\" is no package URL")) << got;
}

TEST(PolicySet, GlobsOfScopesCanMatchSomething) {
  Files files = own_policy(kPlainRule);
  for (const auto& [scope, want] :
       {std::pair{"repositories: [a, 'shop/[web']",
                  "policy.yaml:4: scope: \"shop/[web\" would match"},
        {"namespaces: '{a,b}'", "policy.yaml:4: scope: \"{a,b}\" would match none of the namespa"},
        {"registries: ['[::1]:5000']", ""},
        {"repositories: ['shop/**', 'web?']", ""}}) {
    files["policy.yaml"] =
        std::string("version: 1\npacks:\n  - id: own\n    scope: {") + scope + "}\n";
    std::string got = load_error_of(files);
    EXPECT_EQ(got.empty(), *want == '\0') << got;
    EXPECT_TRUE(got.starts_with(want)) << got;
  }
}

TEST(PolicySet, SaysWhereANameIsThatLeadsNowhere) {
  Files files = own_policy(kPlainRule);
  for (const auto& [names, want] :
       {std::pair{"mappings: [pci]", "policy.yaml:3: there is no mapping \"pci\""},
        {"waivers:\n  - nope.yaml",
         "policy.yaml:4: the waiver file nope.yaml is not in the bundle"},
        {"vex: nope.json", "policy.yaml:3: the VEX document nope.json is not in the bundle"}}) {
    files["policy.yaml"] = std::string("version: 1\npacks: [own]\n") + names + "\n";
    EXPECT_EQ(load_error_of(files), want);
  }
}

TEST(PolicySet, NeedsAreFactsThatThereCanBe) {
  for (const auto& [need, want] :
       {std::pair{"image.config", ""},
        {"image.confg",
         "packs/own/pack.yaml:5: rule: \"image.confg\" is no path of the input: the "
         "document has no \"confg\" here; known are "},
        {"findings.severity", "it is a list"},
        {"trust.anything.later", ""},
        {"filesystem.later", ""},
        {"findings:malware", ""},
        {"findings:vulns", "no such kind of findings; kinds are vuln, "}}) {
    Files files = own_policy(kPlainRule);
    files["packs/own/pack.yaml"] =
        "id: own\npackage: bulkhead.own\nrules:\n  - id: OWN1\n    needs: ['" + std::string(need) +
        "']\n    title: t\n";
    std::string got = load_error_of(files);
    EXPECT_EQ(got.empty(), *want == '\0') << need << ": " << got;
    EXPECT_NE(got.find(want), got.npos) << got;
  }
}

TEST(PolicySet, APackThatAsksNothingDoesNotLoad) {
  const char* want =
      "packs/own/pack.yaml: the pack own would allow everything: the package "
      "bulkhead.own has no rule deny or warn";
  Files files = own_policy("violation contains 1 if true\n");
  EXPECT_TRUE(load_error_of(files).starts_with(want)) << load_error_of(files);
  files["packs/own/own.rego"] = std::string("package bulkhead.onw\n\n") + kPlainRule;
  EXPECT_TRUE(load_error_of(files).starts_with(want)) << load_error_of(files);
  files.erase("policy.yaml");
  EXPECT_TRUE(load_error_of(files).starts_with(want)) << load_error_of(files);
}

TEST(PolicySet, APolicyFileOfAnotherNameIsAnError) {
  Files files = own_policy(kPlainRule);
  files["policy.yml"] = "version: 1\npacks: [own]\n";
  EXPECT_EQ(load_error_of(files), "");
  files.erase("policy.yaml");
  EXPECT_EQ(load_error_of(files), "policy.yml: the file must be named policy.yaml to be read");
}

}  // namespace
}  // namespace bulkhead::decide
