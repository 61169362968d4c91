// SPDX-License-Identifier: Apache-2.0
// Runs the tests of rules that were written for another program, as OPA runs them: rules test_* of
// files *_test.rego, beside the modules and the data of their content.
#pragma once

#include <vector>

#include "base/result.h"
#include "decide/check/policy_tests.h"
#include "decide/foreign.h"

namespace bulkhead::decide {

// content: files of one folder, paths relative to it. Tests whose file, or what it tests, cannot be
// loaded are skipped with the reason, each by its name. By path and line.
base::Result<std::vector<TestResult>> run_foreign_tests(const Adaptor& adaptor,
                                                        const Files& content,
                                                        const policy::Limits& limits,
                                                        const TestOptions& options);

}  // namespace bulkhead::decide
