// SPDX-License-Identifier: Apache-2.0
// bulkhead scan: the main job.
#include "base/text.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/policy_source.h"
#include "cli/session.h"

namespace bulkhead::cli::commands::scan {
namespace {

constexpr std::array kReportFlags = {
    Flag{"format", 'f', "FORMAT", "format on standard output (default: table)"},
    Flag{"output", 'o', "[FORMAT=]FILE", "write the report to a file", true},
    Flag{"template", 0, "FILE", "template for the format \"template\""},
    Flag{"files", 0, "", "with each package the files that it owns (json, cyclonedx)"},
    Flag{"sort", 0, "ORDER", "order of the table", false, "action,severity,package,id"},
    Flag{"severity", 's', "LEVELS", "only these severities, e.g. HIGH,CRITICAL", true},
    Flag{"fixable", 0, "", "only findings for which a fix exists"},
    Flag{"fail-on", 0, "LEVEL", "exit 2 when a finding has this severity or a higher one", false,
         "negligible,low,medium,high,critical,any,kev"},
    Flag{"scanners", 0, "LIST", "what to look for: vuln,packages (default: both)", true},
    Flag{"ignore-file", 0, "FILE",
         "accepted findings (default: .bulkheadignore.yaml, .trivyignore.yaml, .trivyignore)",
         true},
    Flag{"vex", 0, "FILE", "VEX document: OpenVEX, CSAF or CycloneDX", true},
    Flag{"vex-trust", 0, "WHO",
         "author, id or file that decides when statements conflict; the first comes first", true},
    Flag{"vex-author", 0, "NAME", "author of VEX documents written: \"NAME <URL>\""},
};
constexpr std::array kDecisionFlags = {
    Flag{"decisions", 0, "DIR", "keep verdict and input here, for policy explain and diff"},
    Flag{"sign-if-allowed", 0, "", "reserved: sign what the policy allows (not in this version)"},
};
constexpr auto kFlags = join_flags(
    join_flags(
        join_flags(kReportFlags, join_flags(kPolicyFlags, join_flags(kJudgeFlags, kDecisionFlags))),
        kDatabaseFlags),
    kInputFlags);

int run(const Invocation& invocation) {
  // Whoever asks for a signature must not take an unsigned image for a signed one.
  if (invocation.has("sign-if-allowed")) {
    complain(
        "--sign-if-allowed is reserved: this version does not sign, and nothing was scanned; leave "
        "it out, and sign with another tool what exits with 0");
    return kUsage;
  }
  bool vulnerabilities = !invocation.has("scanners");
  for (const std::string& list : invocation.values("scanners")) {
    for (std::string_view scanner : base::split(list, ',')) {
      // A misspelt scanner must not pass for "nothing found".
      if (scanner != "vuln" && scanner != "packages") {
        complain("--scanners: unknown scanner \"" + std::string(scanner) +
                 "\"; known are vuln, packages");
        return kUsage;
      }
      vulnerabilities |= scanner == "vuln";
    }
  }
  if (!vulnerabilities && invocation.has("fail-on")) {
    complain("--fail-on needs the scanner vuln");
    return kUsage;
  }
  return write_report(invocation, vulnerabilities, "table");
}

constexpr std::string_view kDetails =
    "INPUT is one of registry/repository:tag@digest, oci:DIR[:TAG], oci-archive:FILE,\n"
    "docker-archive:FILE, dir:PATH (also dir:/), repo:PATH (a source tree or one of\n"
    "its files), docker:NAME, podman:NAME, sbom:FILE, or - for standard input. Without a prefix\n"
    "it is recognised.\n"
    "\n"
    "The result goes to standard output, everything else to standard error.\n"
    "  bulkhead scan debian:12\n"
    "  bulkhead scan oci:build/image -o sarif=image.sarif -o cyclonedx=image.cdx.json\n"
    "  bulkhead scan dir:/ --severity HIGH,CRITICAL --fixable --fail-on high\n"
    "  bulkhead scan oci:build/image --policy https://git.example.org/security/policies";

}  // namespace

extern constinit const Command descriptor = {
    "scan",  "find packages and vulnerabilities in an image, directory or SBOM",
    "INPUT", kDetails,
    kFlags,  run};

}  // namespace bulkhead::cli::commands::scan
