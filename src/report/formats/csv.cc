// SPDX-License-Identifier: Apache-2.0
// Comma-separated values (RFC 4180), one line a finding, for spreadsheets. A spreadsheet takes a
// cell that begins with '=', '+', '-' or '@' for a formula: such a cell gets a leading apostrophe.
// Control characters are shown as "\xNN", since files like this are read on terminals too.
#include <fmt/format.h>

#include "base/text.h"
#include "report/actions.h"
#include "report/text_out.h"
#include "report/vex_text.h"

namespace bulkhead::report::formats::csv {
namespace {

using model::Finding;
using model::Package;

constexpr size_t kMaxCell = 32'000;  // spreadsheets stop at 32,767 characters

constexpr std::string_view kHeader =
    "id,severity,known_exploited,epss,cvss_score,package,type,installed,fixed,fix_state,path,line,"
    "layer,source,title,purl,vex\r\n";

std::string cell(std::string_view raw) {
  std::string text = base::printable(raw, kMaxCell);
  if (!text.empty() && std::string_view("=+-@").find(text.front()) != std::string_view::npos) {
    text.insert(0, 1, '\'');
  }
  if (text.find_first_of(",\"") == std::string::npos) return text;
  std::string out = "\"";
  for (char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

std::string line(const model::ScanReport& report, const Finding& finding) {
  const Package& package = report.packages[finding.package];
  model::Location location;
  if (!package.locations.empty()) location = package.locations.front();
  std::string fixed = base::join(finding.fix_versions, " ");
  std::string source = finding.sources.empty() ? std::string() : finding.sources.front();
  std::string cells[] = {
      finding.id,
      std::string(severity_name(finding.severity)),
      finding.kev ? "yes" : "no",
      finding.epss ? fmt::format("{}", *finding.epss) : "",
      finding.cvss ? fmt::format("{}", finding.cvss->score) : "",
      display_name(package),
      package.type.str(),
      package.version.str(),
      fixed,
      std::string(fix_state_name(finding.fix_state)),
      location.path.str(),
      location.line != 0 ? std::to_string(location.line) : "",
      location.layer >= 0 ? std::to_string(location.layer) : "",
      source,
      finding.title,
      package.purl(),
      said_about(finding),
  };
  std::string out;
  for (const std::string& text : cells) {
    if (!out.empty()) out += ',';
    out += cell(text);
  }
  return out + "\r\n";
}

base::Status write(const model::ScanReport& report, const Style&, const Out& out) {
  TextOut text(out);
  text << kHeader;
  for (const Finding& finding : report.findings) {
    if (text.failed()) break;
    text << line(report, finding);
  }
  return text.finish();
}

}  // namespace

extern constinit const Format descriptor = {"csv", "Comma-separated values, one line a finding",
                                            write};

}  // namespace bulkhead::report::formats::csv
