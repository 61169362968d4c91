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
    files["lists/mine.yaml"] = "[a]\n";
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
