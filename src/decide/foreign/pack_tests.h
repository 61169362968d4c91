// SPDX-License-Identifier: Apache-2.0
// Tests of the packs that hold rules of another program.
#pragma once

#include <vector>

#include "base/result.h"
#include "decide/bundle/policy_set.h"
#include "decide/check/policy_tests.h"

namespace bulkhead::decide {

// Runs the tests of every folder of such content, in force or not. files: those that the policy was
// loaded from; paths of results are those in the bundle.
base::Result<std::vector<TestResult>> run_foreign_packs_tests(const PolicySet& policy,
                                                              const Files& files,
                                                              const TestOptions& options);

}  // namespace bulkhead::decide
