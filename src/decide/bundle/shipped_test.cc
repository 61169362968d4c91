// SPDX-License-Identifier: Apache-2.0
// The policies that ship: every rule is described and tested, every test passes, mappings name
// rules that exist and say honestly how far they cover a control, and the examples load.
#include "decide/bundle/shipped.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "base/text.h"
#include "decide/check/policy_check.h"
#include "decide/check/policy_tests.h"

namespace bulkhead::decide {
namespace {

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

const std::filesystem::path kFolder = std::string(BULKHEAD_SOURCE_DIR) + "/data/policies";

Files files_below(const std::filesystem::path& folder) {
  Files files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    files.emplace(std::filesystem::relative(entry.path(), folder).string(),
                  read_file(entry.path()));
  }
  return files;
}

// What ships, with every pack in force and its parameters as they are instead of the baseline.
Files packs() {
  Files files = shipped_policies();
  std::string policy = "version: 1\npacks:\n";
  for (const auto& [path, text] : files) {
    auto parts = base::split(path, '/');
    if (parts.size() != 3 || parts[2] != "pack.yaml") continue;
    policy += "  - " + std::string(parts[1]) + "\n";
  }
  files["policy.yaml"] = policy;
  return files;
}

base::Result<PolicySet> load_shipped(const Files& files) {
  LoadOptions options;
  options.tests = true;
  options.limits.deadline = std::chrono::seconds(30);  // sanitizers are slow
  return PolicySet::load(files, {}, options);
}

TEST(Shipped, EveryRuleIsDescribedAndTested) {
  auto policy = load_shipped(packs());
  ASSERT_TRUE(policy) << policy.error().message();
  EXPECT_EQ(policy->packs().size(), 7u);
  auto remarks = check_policy(*policy, packs(), policy_input_schema());
  ASSERT_TRUE(remarks) << remarks.error().message();
  for (const Remark& remark : *remarks) {
    ADD_FAILURE() << remark.path << ":" << remark.line << ": " << remark.message;
  }
}

TEST(Shipped, EveryTestPasses) {
  auto policy = load_shipped(packs());
  ASSERT_TRUE(policy) << policy.error().message();
  auto run = run_tests(*policy, TestOptions());
  ASSERT_TRUE(run) << run.error().message();
  EXPECT_GT(run->count(TestOutcome::kPassed), 200u);
  for (const TestResult& result : run->results) {
    EXPECT_EQ(result.outcome, TestOutcome::kPassed) << result.name << " " << result.message;
  }
}

TEST(Shipped, MappingsAreHonest) {
  std::set<std::string> rules;
  for (const auto& [path, text] : shipped_policies()) {
    if (!path.ends_with("/pack.yaml")) continue;
    auto pack = parse_pack(path, text);
    ASSERT_TRUE(pack) << pack.error().message();
    for (const auto& [id, rule] : pack->rules) rules.insert(id);
  }
  size_t mappings = 0;
  for (const auto& [path, text] : shipped_policies()) {
    if (!path.starts_with("mappings/")) continue;
    auto mapping = parse_mapping(path, text);
    ASSERT_TRUE(mapping) << mapping.error().message();
    ++mappings;
    for (const Control& control : mapping->controls) {
      std::string where = path + " " + control.id;
      EXPECT_FALSE(control.title.empty()) << where;
      EXPECT_EQ(control.rules.empty(), control.covered == "none") << where;
      EXPECT_EQ(control.reason.empty(), control.covered == "full") << where;
      for (const std::string& rule : control.rules) {
        EXPECT_TRUE(rules.contains(rule)) << where << " names " << rule;
      }
    }
  }
  EXPECT_EQ(mappings, 4u);
}

TEST(Shipped, TheBaselineAndTheExamplesLoadAndPassTheirTests) {
  auto baseline = load_shipped({{"policy.yaml", read_file(kFolder / "policy.yaml")}});
  EXPECT_TRUE(baseline) << baseline.error().message();
  for (const auto& entry : std::filesystem::directory_iterator(kFolder / "examples")) {
    auto policy = load_shipped(files_below(entry.path()));
    ASSERT_TRUE(policy) << entry.path() << ": " << policy.error().message();
    auto run = run_tests(*policy, TestOptions());
    ASSERT_TRUE(run) << entry.path() << ": " << run.error().message();
    for (const TestResult& result : run->results) {
      EXPECT_EQ(result.outcome, TestOutcome::kPassed) << result.name << " " << result.message;
    }
  }
}

TEST(Shipped, TestsOfAnyBundleMayUseTheBuilders) {
  Files files = {{"house.rego",
                  "package bulkhead.house\n\ndeny contains {\"id\": \"A\", \"message\": \"m\"} if "
                  "input.image.config.User == \"0\"\n"},
                 {"house_test.rego",
                  "package bulkhead.house_test\n\ntest_a_fails if {\n\t\"A\" in "
                  "data.bulkhead.test.ids(data.bulkhead.house.deny) with input as "
                  "data.bulkhead.test.image({\"User\": \"0\"})\n}\n"}};
  auto policy = load_shipped(files);
  ASSERT_TRUE(policy) << policy.error().message();
  auto run = run_tests(*policy, TestOptions());
  ASSERT_TRUE(run) << run.error().message();
  EXPECT_EQ(run->count(TestOutcome::kPassed), 1u);
}

}  // namespace
}  // namespace bulkhead::decide
