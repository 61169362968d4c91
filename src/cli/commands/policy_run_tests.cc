// SPDX-License-Identifier: Apache-2.0
// bulkhead policy test: runs the tests of a policy, once or at every change.
#include <fmt/format.h>
#include <signal.h>
#include <time.h>

#include <algorithm>

#include "base/clock.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/confined.h"
#include "cli/exit_code.h"
#include "cli/policy_source.h"
#include "decide/check/policy_tests.h"
#include "decide/foreign/pack_tests.h"
#include "scan/confine.h"

namespace bulkhead::cli::commands::policy_run_tests {
namespace {

constexpr std::array kOwnFlags = {
    Flag{"run", 'r', "GLOB", "only tests whose name has this in it"},
    Flag{"coverage", 'c', "", "say which lines the tests reach"},
    Flag{"min-coverage", 0, "PERCENT", "exit 2 when fewer lines are reached (implies --coverage)"},
    Flag{"watch", 'w', "", "run again at every change until interrupted"},
    Flag{"verbose", 'v', "", "name tests that pass, too"},
    Flag{"at", 0, "TIME", "what time.now_ns() gives (RFC 3339; default: now)"},
};
constexpr auto kFlags = join_flags(kOwnFlags, kNamedPolicyFlags);

constexpr long kPollNanoseconds = 300'000'000;

std::string_view outcome_name(decide::TestOutcome outcome) {
  switch (outcome) {
    case decide::TestOutcome::kPassed: return "PASS";
    case decide::TestOutcome::kFailed: return "FAIL";
    case decide::TestOutcome::kError: return "ERROR";
    case decide::TestOutcome::kSkipped: return "SKIP";
  }
  return "ERROR";
}

std::string result_text(const decide::TestResult& result) {
  std::string out = fmt::format("{:<5} {} ({}:{})\n", outcome_name(result.outcome),
                                base::printable(result.name, 300),
                                base::printable(result.path, 300), result.line);
  if (!result.message.empty()) out += "      " + base::printable(result.message, 1000) + "\n";
  for (const std::string& line : result.prints) out += "      " + base::printable(line, 500) + "\n";
  return out;
}

// "12-14, 20"
std::string ranges(const std::vector<uint32_t>& lines) {
  std::string out;
  for (size_t i = 0; i < lines.size();) {
    size_t last = i;
    while (last + 1 < lines.size() && lines[last + 1] == lines[last] + 1) ++last;
    out += (out.empty() ? "" : ", ") + std::to_string(lines[i]);
    if (last > i) out += "-" + std::to_string(lines[last]);
    i = last + 1;
  }
  return out;
}

std::string coverage_text(const std::vector<policy::Coverage>& coverage) {
  std::string out;
  for (const policy::Coverage& file : coverage) {
    if (file.uncovered.empty()) continue;
    out += fmt::format("not reached: {}: {}\n", base::printable(file.path, 300),
                       ranges(file.uncovered));
  }
  bool any = std::ranges::any_of(coverage, [](const policy::Coverage& file) {
    return !file.covered.empty() || !file.uncovered.empty();
  });
  if (!any) return "coverage: the bundle has no lines of its own to reach\n";
  return out + fmt::format("coverage: {:.1f} %\n", 100 * decide::covered_share(coverage));
}

base::Result<double> wanted_coverage(const Invocation& invocation) {
  std::string text = invocation.value("min-coverage");
  if (text.empty()) return 0.0;
  auto percent = base::to_number<double>(text);
  if (percent && *percent >= 0 && *percent <= 100) return *percent;
  return base::Error(base::Code::kInvalid, "--min-coverage is a percentage from 0 to 100");
}

base::Result<int> test(const Invocation& invocation, PolicySource& source) {
  source.options.tests = true;
  auto policy = TRY(decide::PolicySet::load(source.files, source.identity, source.options));
  double percent = TRY(wanted_coverage(invocation));
  decide::TestOptions options;
  options.only = invocation.value("run");
  options.coverage = invocation.has("coverage") || invocation.has("min-coverage");
  options.now = base::SystemClock().now();
  if (invocation.has("at")) {
    auto time = base::parse_time(invocation.value("at"));
    if (!time) return base::Error(base::Code::kInvalid, "--at is not a time (RFC 3339)");
    options.now = *time;
  }
  decide::TestRun run = TRY(decide::run_tests(policy, options));
  auto foreign = TRY(decide::run_foreign_packs_tests(policy, source.files, options));
  std::move(foreign.begin(), foreign.end(), std::back_inserter(run.results));
  std::string text;
  for (const decide::TestResult& result : run.results) {
    bool quiet = result.outcome == decide::TestOutcome::kPassed && !invocation.has("verbose");
    if (!quiet) text += result_text(result);
  }
  if (options.coverage) text += coverage_text(run.coverage);
  size_t failed = run.count(decide::TestOutcome::kFailed) + run.count(decide::TestOutcome::kError);
  text += fmt::format("{} passed, {} failed, {} skipped\n", run.count(decide::TestOutcome::kPassed),
                      failed, run.count(decide::TestOutcome::kSkipped));
  TRY(print(text));
  if (run.results.empty()) {
    complain("there is no test: rules test_* in files *_test.rego");
    return kPolicy;
  }
  bool reached = !options.coverage || 100 * decide::covered_share(run.coverage) >= percent;
  return failed == 0 && reached ? kClean : kPolicy;
}

int test_once(const Invocation& invocation, PolicySource& source) {
  return run_confined_command(invocation, [&] { return test(invocation, source); });
}

// Runs whenever a file has changed; ends when the process is asked to stop.
int watch(const Invocation& invocation, const std::string& path) {
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGINT);
  sigaddset(&stop, SIGTERM);
  sigprocmask(SIG_BLOCK, &stop, nullptr);
  decide::Files last;
  timespec poll{0, kPollNanoseconds};
  do {
    auto source = read_policy_source(invocation, path);
    if (!source) {
      complain(source.error().message());
    } else if (source->files != last) {
      last = source->files;
      if (test_once(invocation, *source) == scan::kReaderLeft) return scan::kReaderLeft;
    }
  } while (::sigtimedwait(&stop, nullptr, &poll) < 0);
  return kClean;
}

int run(const Invocation& invocation) {
  const std::vector<std::string>& names = invocation.arguments();
  std::string path = names.empty() ? "." : names.front();
  if (auto percent = wanted_coverage(invocation); !percent) {
    complain(percent.error().message());
    return kUsage;
  }
  if (invocation.has("watch")) {
    if (is_repository(path)) {
      complain("--watch is for directories; policy pull --watch follows a repository");
      return kUsage;
    }
    return watch(invocation, path);
  }
  auto source = read_policy_source(invocation, path);
  if (!source) return fail(source.error());
  return test_once(invocation, *source);
}

}  // namespace

extern constinit const Command descriptor = {
    "policy test",
    "run the tests of a policy",
    "[SOURCE]",
    "Tests are rules test_* in files *_test.rego beside the rules, also beside rules of other\n"
    "programs; those that cannot be run here are skipped with the reason. Exit 2 when one fails\n"
    "or there is none.\n"
    "  bulkhead policy test policies --coverage\n"
    "  bulkhead policy test policies --run hyg001 --watch",
    kFlags,
    run};

}  // namespace bulkhead::cli::commands::policy_run_tests
