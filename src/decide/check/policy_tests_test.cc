// SPDX-License-Identifier: Apache-2.0
// How much of a policy its tests reach.
#include "decide/check/policy_tests.h"

#include <gtest/gtest.h>

namespace bulkhead::decide {
namespace {

// The share of lines that are reached, in per cent, and the files that count.
std::string coverage_of(const Files& files) {
  LoadOptions load;
  load.tests = true;
  auto policy = PolicySet::load(files, {}, load);
  if (!policy) return policy.error().message();
  TestOptions options;
  options.coverage = true;
  auto run = run_tests(*policy, options);
  if (!run) return run.error().message();
  std::string out = std::to_string(static_cast<int>(100 * covered_share(run->coverage)));
  for (const policy::Coverage& file : run->coverage) out += " " + file.path;
  return out;
}

// A rule that no test asks for must not pass for one that is tested.
TEST(PolicyTests, CoverageCountsWhatNothingTouches) {
  Files files = {
      {"policy.yaml", "version: 1\npacks: [own, image-hygiene]\n"},
      {"packs/own/pack.yaml", "id: own\npackage: bulkhead.own\nrules:\n  - {id: OWN1, title: t}\n"},
      {"packs/own/own.rego",
       "package bulkhead.own\n\ndeny contains {\"id\": \"OWN1\", \"message\": \"m\"} if {\n"
       "\tinput.a\n}\n"}};
  EXPECT_EQ(coverage_of(files), "0 packs/own/own.rego");  // without any test
  std::string& test = files["packs/own/own_test.rego"];
  test = "package bulkhead.own_test\n\ntest_x if true\n";
  EXPECT_EQ(coverage_of(files), "0 packs/own/own.rego");
  test =
      "package bulkhead.own_test\n\n"
      "test_x if count(data.bulkhead.own.deny) == 1 with input as {\"a\": 1}\n";
  EXPECT_EQ(coverage_of(files), "100 packs/own/own.rego");
}

}  // namespace
}  // namespace bulkhead::decide
