// SPDX-License-Identifier: Apache-2.0
// Runs each test by itself, with one evaluator, and collects coverage on the way.
#include "decide/policy_tests.h"

#include <algorithm>
#include <set>

#include "base/text.h"

namespace bulkhead::decide {
namespace {

constexpr std::string_view kTest = "test_";
constexpr std::string_view kTodo = "todo_test_";

bool is_test_file(std::string_view path) { return path.ends_with("_test.rego"); }

}  // namespace

// base::glob_match stops at slashes; names have none.
bool is_wanted(const TestOptions& options, const std::string& name) {
  return options.only.empty() || base::glob_match("*" + options.only + "*", name);
}

TestResult run_test(policy::Evaluator& evaluator, const policy::Document& input,
                    const TestOptions& options, TestResult test) {
  policy::Request request;
  request.entry = "data." + test.name;
  request.coverage = options.coverage;
  request.explain = true;
  request.now_ns = options.now * 1'000'000'000;
  auto answer = evaluator.evaluate(request, input);
  if (!answer) {
    test.outcome = TestOutcome::kError;
    test.message = answer.error().message();
    return test;
  }
  test.prints = answer->prints;
  test.cost = answer->cost;
  bool holds = answer->defined && answer->json != "false";
  test.outcome = holds ? TestOutcome::kPassed : TestOutcome::kFailed;
  return test;
}

size_t TestRun::count(TestOutcome outcome) const {
  return static_cast<size_t>(
      std::count_if(results.begin(), results.end(),
                    [&](const TestResult& result) { return result.outcome == outcome; }));
}

base::Result<TestRun> run_tests(const PolicySet& policy, const TestOptions& options) {
  auto evaluator = TRY(policy.program().evaluator());
  auto input = TRY(policy::Document::parse("{}", policy.limits()));
  TestRun run;
  std::set<std::string> seen;  // a test may have several bodies
  for (const policy::Rule& rule : policy.program().rules()) {
    bool todo = rule.name.starts_with(kTodo);
    if (!is_test_file(rule.path) || (!todo && !rule.name.starts_with(kTest))) continue;
    TestResult test;
    test.name = rule.package + "." + rule.name;
    test.path = rule.path;
    test.line = rule.line;
    if (!is_wanted(options, test.name) || !seen.insert(test.name).second) continue;
    test.outcome = TestOutcome::kSkipped;
    if (!todo) test = run_test(evaluator, input, options, std::move(test));
    run.results.push_back(std::move(test));
  }
  if (options.coverage) run.coverage = evaluator.coverage();
  std::erase_if(run.coverage, [](const policy::Coverage& file) { return is_test_file(file.path); });
  return run;
}

double covered_share(const std::vector<policy::Coverage>& coverage) {
  size_t covered = 0;
  size_t all = 0;
  for (const policy::Coverage& file : coverage) {
    covered += file.covered.size();
    all += file.covered.size() + file.uncovered.size();
  }
  return all == 0 ? 1.0 : static_cast<double>(covered) / static_cast<double>(all);
}

}  // namespace bulkhead::decide
