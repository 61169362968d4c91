// SPDX-License-Identifier: Apache-2.0
// bulkhead policy input: the document that a policy would see.
#include "cli/command.h"
#include "cli/confined.h"
#include "cli/exit_code.h"
#include "cli/session.h"

namespace bulkhead::cli::commands::policy_input {
namespace {

constexpr auto kFlags = join_flags(join_flags(kJudgeFlags, kDatabaseFlags), kInputFlags);

int run(const Invocation& invocation) {
  std::string document;
  SessionOptions options;
  options.input = invocation.arguments().front();
  options.document = &document;
  return run_session(invocation, options,
                     [&](const model::ScanReport& report, const vuln::Database*) -> int {
                       auto written = print(document + "\n");
                       if (report.diagnostics.any_incomplete()) complain_about(report.diagnostics);
                       return written ? exit_code_for(invocation, report) : fail(written.error());
                     });
}

}  // namespace

extern constinit const Command descriptor = {
    "policy input",
    "print the document that a policy sees for an input",
    "INPUT",
    "The same document at every stage (docs/formats/policy-input.md); what is unknown is missing.\n"
    "  bulkhead policy input oci:build/image | jq .image.config",
    kFlags,
    run};

}  // namespace bulkhead::cli::commands::policy_input
