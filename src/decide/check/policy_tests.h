// SPDX-License-Identifier: Apache-2.0
// Running the tests of a policy: rules test_* in files *_test.rego, as OPA has them. A test passes
// when it is defined and not false; todo_test_* are counted as skipped. Tests of content of other
// programs: foreign/pack_tests.h.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "decide/bundle/policy_set.h"

namespace bulkhead::decide {

enum class TestOutcome { kPassed, kFailed, kError, kSkipped };

struct TestResult {
  std::string name;  // "bulkhead.image_hygiene_test.test_root"
  std::string path;
  uint32_t line = 0;
  TestOutcome outcome = TestOutcome::kPassed;
  std::string message;              // of an error; why it was skipped
  std::vector<std::string> prints;  // what print() said
  std::chrono::nanoseconds cost{};
};

struct TestRun {
  std::vector<TestResult> results;         // by path and line
  std::vector<policy::Coverage> coverage;  // of the bundle's own modules that are no tests
  size_t count(TestOutcome outcome) const;
};

struct TestOptions {
  std::string only;  // glob over names, '*' also crosses dots; "" all
  bool coverage = false;
  base::UnixTime now = 0;  // what time.now_ns gives
};

// Whether a rule of a test file is a test: test_*, todo_test_*.
bool is_test_rule(std::string_view name);
// Whether TestOptions::only lets a test of this name through.
bool is_wanted(const TestOptions& options, const std::string& name);
// Runs the tests of a program in the order of its rules, each once, however many bodies it has.
// `in_test_file` says whether the rules of a file count.
std::vector<TestResult> run_program_tests(
    const policy::Program& program, policy::Evaluator& evaluator, const policy::Document& input,
    const TestOptions& options, const std::function<bool(std::string_view)>& in_test_file);

// The policy must have been loaded with LoadOptions::tests.
base::Result<TestRun> run_tests(const PolicySet& policy, const TestOptions& options);

// Lines covered of those that can be, over all files, 0..1; 1 when there are none. What no test
// touches counts; packs that ship do not: their tests are not the bundle's.
double covered_share(const std::vector<policy::Coverage>& coverage);

}  // namespace bulkhead::decide
