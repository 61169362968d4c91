// SPDX-License-Identifier: Apache-2.0
#include "decide/bundle/parameters.h"

#include <gtest/gtest.h>

#include "decide/check/load_errors.h"

namespace bulkhead::decide {
namespace {

Files policy_with(const std::string& pack, const std::string& parameters) {
  return {
      {"packs/own/pack.yaml",
       "id: own\npackage: bulkhead.own\nparameters: {teams: {a: 1}, any: null, free: {}}\n"
       "rules: [{id: OWN1, title: t}]\n"},
      {"packs/own/own.rego",
       "package bulkhead.own\n\ndeny contains {\"id\": \"OWN1\", \"message\": \"m\"} if false\n"},
      {"policy.yaml",
       "version: 1\npacks:\n  - id: " + pack + "\n    parameters:\n      " + parameters + "\n"}};
}

TEST(Parameters, OfAnotherTypeOrNameAreErrorsOfLoading) {
  struct Case {
    const char* pack;
    const char* parameters;
    const char* error;  // "" none
  };
  for (const Case& c : {
           Case{"vulnerabilities", "grace_days: {critical: 0, negligible: 9}", ""},
           Case{"vulnerabilities", "epss_threshold: 1", ""},
           Case{"vulnerabilities", "grace_days: 0",
                "grace_days must be a mapping ({...}), not a nu"},
           Case{"vulnerabilities", "grace_days: {hgih: 1}",
                "has no member \"hgih\"; did you mean high?"},
           Case{"vulnerabilities", "grace_days: {high: '1'}",
                "\"high\" of the parameter grace_days must be a number"},
           Case{"vulnerabilities", "epss_threshold: '0.1'",
                "must be a number (without quotes), not a text"},
           Case{"vulnerabilities", "denied_ids: CVE-2026-1", "must be a list ([...]), not a text"},
           Case{"vulnerabilities", "denied_ids:", "must be a list ([...]), not nothing"},
           Case{"vulnerabilities", "in_use_severities: [1]",
                "an element of the parameter in_use_sev"},
           Case{"vulnerabilities", "denied_id: [a]",
                "policy.yaml:5: the pack vulnerabilities has no parameter \"denied_id\"; did you "
                "mean denied_ids?"},
           Case{"image-hygiene", "registries: ghcr.io", "must be a list"},
           Case{"image-hygiene", "whatever: 1",
                "has no parameter \"whatever\"; there are registries"},
           Case{"licences", "accepted_exceptions: [Classpath-exception-2.0]", ""},
           Case{"licences", "accepted_exceptions: linking", ""},
           Case{"licences", "accepted_exceptions: 3",
                "must be a text or a list ([...]), not a number"},
           Case{"own", "teams: {b: 2}", ""},
           Case{"own", "teams: {b: two}", "\"b\" of the parameter teams must be a number"},
           Case{"own", "any: [1]", ""},
           Case{"own", "free: {x: [1], y: 1}", ""},
       }) {
    Files files = policy_with(c.pack, c.parameters);
    auto policy = PolicySet::load(files, {}, {});
    std::string message = policy ? "" : policy.error().message();
    EXPECT_EQ(message.empty(), *c.error == '\0') << c.parameters << ": " << message;
    EXPECT_NE(message.find(c.error), message.npos) << message;
  }
}

TEST(Parameters, AllMistakesAreToldByCheck) {
  Files files = policy_with("vulnerabilities", "grace_days: 0\n      denied_ids: a");
  auto policy = PolicySet::load(files, {}, {});
  ASSERT_FALSE(policy);
  auto remarks = load_errors(files, {}, policy.error());
  ASSERT_EQ(remarks.size(), 2u);
  EXPECT_EQ(remarks[0].line, 5u);
  EXPECT_EQ(remarks[1].line, 6u);
}

TEST(Parameters, APackWithoutAnySaysWhereTheyBelong) {
  Files files = policy_with("own", "teams: {b: 2}");
  files["packs/own/pack.yaml"] = "id: own\npackage: bulkhead.own\nrules: [{id: OWN1, title: t}]\n";
  auto policy = PolicySet::load(files, {}, {});
  ASSERT_FALSE(policy);
  EXPECT_NE(policy.error().message().find("under \"parameters\" in packs/own/pack.yaml"),
            std::string::npos)
      << policy.error().message();
}

TEST(Parameters, ShapesAreOfParametersAndTypesThatThereAre) {
  for (const char* shapes : {"{nothing: {types: [text]}}", "{teams: {types: [string]}}",
                             "{teams: {key: [a]}}", "[teams]"}) {
    auto pack = parse_pack("pack.yaml", std::string("id: own\npackage: bulkhead.own\nrules: []\n"
                                                    "parameters: {teams: {a: 1}}\nshapes: ") +
                                            shapes + "\n");
    ASSERT_FALSE(pack) << shapes;
    EXPECT_TRUE(pack.error().message().starts_with("pack.yaml:5: ")) << pack.error().message();
  }
}

}  // namespace
}  // namespace bulkhead::decide
