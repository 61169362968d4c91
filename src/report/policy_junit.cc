// SPDX-License-Identifier: Apache-2.0
// Reasons of a verdict as JUnit cases: denials fail, waived and observed ones are skipped, warnings
// pass with a word on standard error, as build servers show it.
#include <fmt/format.h>

#include <map>

#include "base/text.h"
#include "report/policy_parts.h"

namespace bulkhead::report {

std::string xml_text(std::string_view raw) {
  std::string text = base::printable(raw, 4000);
  std::string out;
  for (char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out += c;
    }
  }
  return out;
}

namespace {

std::string case_name(const model::Reason& reason) {
  std::string out = reason.rule;
  if (!reason.subject.empty()) out += " " + reason.subject;
  if (!reason.path.empty()) out += " " + reason.path;
  return out;
}

void write_case(const model::Reason& reason, JUnitPolicy& out) {
  out.xml += fmt::format("    <testcase classname=\"policy/{}\" name=\"{}\">",
                         xml_text(reason.pack), xml_text(case_name(reason)));
  std::string text = reason.message + (reason.fix.empty() ? "" : " Fix: " + reason.fix);
  ++out.tests;
  if (reason.effect == model::Decision::kDeny) {
    ++out.failures;
    out.xml +=
        fmt::format("<failure type=\"{}\" message=\"{}\">{}</failure>",
                    severity_name(reason.severity), xml_text(reason.message), xml_text(text));
  } else if (reason.effect == model::Decision::kWarn) {
    out.xml += fmt::format("<system-err>{}</system-err>", xml_text("warning: " + text));
  } else {
    ++out.skipped;
    bool waived = reason.waiver && !reason.waiver->expired;
    std::string why = waived ? "waived: " + reason.waiver->reason : "observed: " + reason.message;
    out.xml += fmt::format("<skipped message=\"{}\"/>", xml_text(why));
  }
  out.xml += "</testcase>\n";
}

}  // namespace

JUnitPolicy policy_junit(const model::Verdict& verdict) {
  std::map<std::string_view, std::vector<const model::Reason*>> packs;
  for (const model::Reason& reason : verdict.reasons) packs[reason.pack].push_back(&reason);
  JUnitPolicy out;
  for (const auto& [pack, reasons] : packs) {
    JUnitPolicy suite;
    for (const model::Reason* reason : reasons) write_case(*reason, suite);
    out.xml += fmt::format(
        "  <testsuite name=\"policy/{}\" tests=\"{}\" failures=\"{}\" skipped=\"{}\" "
        "errors=\"0\">\n{}  </testsuite>\n",
        xml_text(pack), suite.tests, suite.failures, suite.skipped, suite.xml);
    out.tests += suite.tests;
    out.failures += suite.failures;
    out.skipped += suite.skipped;
  }
  return out;
}

}  // namespace bulkhead::report
