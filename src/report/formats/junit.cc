// SPDX-License-Identifier: Apache-2.0
// JUnit XML, which most build servers show as test results: a suite for each action, a failed case
// for each vulnerability in it; what was not judged or was taken out is a skipped case; what makes
// the answer incomplete is a case with an error, since a build server shows nothing else of it.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "report/actions.h"
#include "report/policy_parts.h"
#include "report/text_out.h"
#include "report/vex_text.h"

namespace bulkhead::report::formats::junit {
namespace {

using model::Finding;
using model::ScanReport;

std::string suite_name(const Action& action) {
  return action.type + "/" + action.name + (action.installed.empty() ? "" : "@") + action.installed;
}

std::string advice(const Action& action) {
  switch (action.remedy) {
    case Remedy::kUpgrade: return "upgrade " + action.name + " to " + action.target;
    case Remedy::kNoFix: return "no fixed version is known";
    case Remedy::kWillNotFix: return "the source will not fix this";
    case Remedy::kInvestigating: return "the source is still investigating";
  }
  return "";
}

void write_case(TextOut& out, const ScanReport& report, const Action& action,
                const Finding& finding) {
  const model::Package& package = report.packages[finding.package];
  std::string path = package.locations.empty() ? "" : package.locations.front().path.str();
  out << fmt::format("    <testcase classname=\"{}\" name=\"{}\"", xml_text(suite_name(action)),
                     xml_text(finding.id));
  if (!path.empty()) out << fmt::format(" file=\"{}\"", xml_text(path));
  out << fmt::format(">\n      <failure type=\"{}\" message=\"{}\">",
                     severity_name(finding.severity),
                     xml_text(finding.title.empty() ? finding.id : finding.title));
  out << xml_text(advice(action));
  if (finding.kev) out << "; known to be exploited";
  if (!finding.vex.empty()) out << "; VEX: " << xml_text(said_about(finding));
  for (const std::string& reference : finding.references) out << "\n" << xml_text(reference);
  out << "</failure>\n    </testcase>\n";
}

// What was taken out, so that nobody looks for it in vain.
void write_ignored(TextOut& out, const ScanReport& report, size_t count) {
  if (count == 0) return;
  out << fmt::format("  <testsuite name=\"ignored\" tests=\"{0}\" skipped=\"{0}\">\n", count);
  for (const model::Ignored& ignored : report.ignored) {
    if (!is_shown(ignored)) continue;
    const model::Package& package = report.packages[ignored.finding.package];
    out << fmt::format(
        "    <testcase classname=\"{}\" name=\"{}\"><skipped message=\"{}\"/></testcase>\n",
        xml_text(package.purl()), xml_text(ignored.finding.id), xml_text(why_ignored(ignored)));
  }
  out << "  </testsuite>\n";
}

void write_not_judged(TextOut& out, const ScanReport& report) {
  if (report.not_judged.empty()) return;
  out << fmt::format("  <testsuite name=\"not judged\" tests=\"{0}\" skipped=\"{0}\">\n",
                     report.not_judged.size());
  for (const auto& what : report.not_judged) {
    out << fmt::format(
        "    <testcase classname=\"{}\" name=\"{}\"><skipped message=\"{}\"/></testcase>\n",
        xml_text(report.artifact.name), xml_text(what.what), xml_text(what.reason));
  }
  out << "  </testsuite>\n";
}

// What was not read: nobody may take its silence for a passed test.
struct Unread {
  std::string xml;
  size_t count = 0;
};

void add_unread(Unread& out, std::string_view name, std::string_view kind,
                std::string_view message) {
  ++out.count;
  out.xml += fmt::format(
      "    <testcase classname=\"not read\" name=\"{}\"><error type=\"{}\" message=\"{}\"/>"
      "</testcase>\n",
      xml_text(name), xml_text(kind), xml_text(message));
}

Unread unread_cases(const ScanReport& report) {
  Unread out;
  std::set<std::string_view> kinds;
  for (const base::Diagnostic& diagnostic : report.diagnostics.all()) {
    if (diagnostic.impact != base::Impact::kIncomplete) continue;
    kinds.insert(diagnostic.kind);
    add_unread(out, diagnostic.where, diagnostic.kind, diagnostic.message);
  }
  for (const auto& [kind, more] : report.diagnostics.dropped()) {
    if (kinds.contains(kind)) {
      add_unread(out, report.artifact.name, kind, fmt::format("{} more of {}", more, kind));
    }
  }
  // The list is bounded; what fell off it may be all that was incomplete.
  if (out.count == 0 && report.diagnostics.any_incomplete()) {
    add_unread(out, report.artifact.name, "incomplete", "something could not be read");
  }
  return out;
}

void write_unread(TextOut& out, const Unread& unread) {
  if (unread.count == 0) return;
  out << fmt::format(
      "  <testsuite name=\"not read\" tests=\"{0}\" failures=\"0\" errors=\"{0}\">\n{1}"
      "  </testsuite>\n",
      unread.count, unread.xml);
}

void write_clean(TextOut& out, const ScanReport& report) {
  out << fmt::format(
      "  <testsuite name=\"{0}\" tests=\"1\" failures=\"0\" errors=\"0\">\n"
      "    <testcase classname=\"{0}\" name=\"{1}\"/>\n  </testsuite>\n",
      xml_text(report.artifact.name),
      report.vulnerabilities_scanned ? "no known vulnerabilities"
                                     : "vulnerabilities were not looked for");
}

base::Status write(const ScanReport& report, const Style&, const Out& sink) {
  TextOut out(sink);
  std::vector<Action> actions = make_actions(report);
  size_t failures = 0;
  for (const Action& action : actions) failures += action.findings.size();
  auto ignored =
      static_cast<size_t>(std::count_if(report.ignored.begin(), report.ignored.end(), is_shown));
  size_t skipped = report.not_judged.size() + ignored;
  Unread unread = unread_cases(report);
  bool clean = failures == 0 && skipped == 0 && unread.count == 0;
  JUnitPolicy policy;
  if (report.verdict) policy = policy_junit(*report.verdict);
  out << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  out << fmt::format(
      "<testsuites name=\"bulkhead\" tests=\"{}\" failures=\"{}\" skipped=\"{}\" "
      "errors=\"{}\">\n",
      failures + skipped + unread.count + clean + policy.tests, failures + policy.failures,
      skipped + policy.skipped, unread.count);
  write_unread(out, unread);
  out << policy.xml;
  for (const Action& action : actions) {
    if (out.failed()) break;
    out << fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\">\n",
                       xml_text(suite_name(action)), action.findings.size(),
                       action.findings.size());
    for (size_t i : action.findings) write_case(out, report, action, report.findings[i]);
    out << "  </testsuite>\n";
  }
  write_not_judged(out, report);
  write_ignored(out, report, ignored);
  if (clean) write_clean(out, report);
  out << "</testsuites>\n";
  return out.finish();
}

}  // namespace

extern constinit const Format descriptor = {.name = "junit",
                                            .summary = "JUnit XML, for build servers",
                                            .write = write,
                                            .lists_packages = false};

}  // namespace bulkhead::report::formats::junit
