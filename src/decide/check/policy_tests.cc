// SPDX-License-Identifier: Apache-2.0
// Runs each test by itself, with one evaluator, and collects coverage on the way.
#include "decide/check/policy_tests.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "policy/bundle.h"

namespace bulkhead::decide {
namespace {

constexpr std::string_view kTest = "test_";
constexpr std::string_view kTodo = "todo_test_";

// Runs the one that `test` names, and fills in the rest of it.
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

}  // namespace

bool is_test_rule(std::string_view name) {
  return name.starts_with(kTest) || name.starts_with(kTodo);
}

// base::glob_match stops at slashes; names have none.
bool is_wanted(const TestOptions& options, const std::string& name) {
  return options.only.empty() || base::glob_match("*" + options.only + "*", name);
}

std::vector<TestResult> run_program_tests(
    const policy::Program& program, policy::Evaluator& evaluator, const policy::Document& input,
    const TestOptions& options, const std::function<bool(std::string_view)>& in_test_file) {
  std::vector<TestResult> results;
  std::set<std::string> seen;  // a test may have several bodies
  for (const policy::Rule& rule : program.rules()) {
    if (!in_test_file(rule.path) || !is_test_rule(rule.name)) continue;
    TestResult test;
    test.name = rule.package + "." + rule.name;
    test.path = rule.path;
    test.line = rule.line;
    if (!is_wanted(options, test.name) || !seen.insert(test.name).second) continue;
    test.outcome = TestOutcome::kSkipped;
    bool todo = rule.name.starts_with(kTodo);
    if (!todo) test = run_test(evaluator, input, options, std::move(test));
    results.push_back(std::move(test));
  }
  return results;
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
  run.results = run_program_tests(policy.program(), evaluator, input, options, policy::is_test);
  if (options.coverage) run.coverage = evaluator.coverage();
  std::erase_if(run.coverage, [](const policy::Coverage& file) {
    return policy::is_test(file.path) || is_shipped_module(file.path);
  });
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
