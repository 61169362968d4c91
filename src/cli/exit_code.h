// SPDX-License-Identifier: Apache-2.0
// The one table of exit codes.
#pragma once

namespace bulkhead::cli {

enum ExitCode : int {
  kClean = 0,   // done, and nothing that --fail-on asked for
  kFailed = 1,  // the tool failed, or its answer is incomplete
  kPolicy = 2,  // the policy (--fail-on) says no
  kUsage = 64,  // the command line makes no sense
};

// Added to the exit code inside a session: the report was written completely, so that the parent
// may put the files in place. Never leaves the process.
inline constexpr int kReportWritten = 128;

}  // namespace bulkhead::cli
