// SPDX-License-Identifier: Apache-2.0
// The flat list: a line for each finding, columns as wide as what is in them, the title in what the
// terminal has left.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "report/table_parts.h"

namespace bulkhead::report {

using model::Finding;
using model::Package;

namespace {

constexpr size_t kColumns = 6;
constexpr std::array<std::string_view, kColumns> kTitles = {"SEVERITY", "KEV",       "ID",
                                                            "PACKAGE",  "INSTALLED", "FIXED"};
constexpr std::array<size_t, kColumns> kWidest = {10, 3, 20, 36, 28, 28};
constexpr size_t kKev = 1;          // left out when no vulnerability is known to be exploited
constexpr size_t kLeastTitle = 24;  // a title in fewer columns says nothing and is left out

std::string fixed_text(const Finding& finding) {
  if (!finding.fix_versions.empty()) return clean(finding.fix_versions.front());
  return finding.fix_state == model::FixState::kWillNotFix ? "will not fix" : "-";
}

std::array<std::string, kColumns> cells_of(const model::ScanReport& report,
                                           const Finding& finding) {
  const Package& package = report.packages[finding.package];
  std::array<std::string, kColumns> cells = {std::string(severity_name(finding.severity)),
                                             finding.kev ? "KEV" : "",
                                             clean(finding.id),
                                             clean(display_name(package)),
                                             clean(package.version),
                                             fixed_text(finding)};
  for (size_t i = 0; i < kColumns; ++i) cells[i] = fitted(cells[i], kWidest[i]);
  return cells;
}

std::vector<size_t> sorted_findings(const model::ScanReport& report, std::string_view sort) {
  std::vector<size_t> order(report.findings.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  auto name = [&](const Finding& f) -> std::string_view { return report.packages[f.package].name; };
  std::stable_sort(order.begin(), order.end(), [&](size_t i, size_t j) {
    const Finding& a = report.findings[i];
    const Finding& b = report.findings[j];
    if (sort == "id") return a.id < b.id;
    if (sort == "package" && name(a) != name(b)) return name(a) < name(b);
    if (a.severity != b.severity) return a.severity > b.severity;
    if (a.kev != b.kev) return a.kev;
    if (sort != "package" && name(a) != name(b)) return name(a) < name(b);
    return a.id < b.id;
  });
  return order;
}

std::string padded(std::string text, size_t width) {
  size_t used = display_width(text);
  if (used < width) text.append(width - used, ' ');
  return text;
}

}  // namespace

void write_table_list(const Page& page) {
  const auto& findings = page.report.findings;
  if (findings.empty()) return;
  std::array<size_t, kColumns> widths{};
  bool any_kev = false;
  for (size_t i = 0; i < kColumns; ++i) widths[i] = kTitles[i].size() + 2;
  for (const Finding& finding : findings) {
    auto cells = cells_of(page.report, finding);
    for (size_t i = 0; i < kColumns; ++i) {
      widths[i] = std::max(widths[i], display_width(cells[i]) + 2);
    }
    any_kev |= finding.kev;
  }
  if (!any_kev) widths[kKev] = 0;
  std::string head;
  for (size_t i = 0; i < kColumns; ++i) {
    if (widths[i] != 0) head += padded(std::string(kTitles[i]), widths[i]);
  }
  size_t left = page.style.width > head.size() ? page.style.width - head.size() : 0;
  bool titles = left >= kLeastTitle;
  page.heading(titles ? head + "TITLE" : base::trim(head));
  for (size_t index : sorted_findings(page.report, page.style.sort)) {
    if (page.out.failed()) break;
    const Finding& finding = findings[index];
    auto cells = cells_of(page.report, finding);
    std::string line =
        painted(page.style, severity_ink(finding.severity), padded(cells[0], widths[0]));
    if (any_kev) line += painted(page.style, Ink::kMagenta, padded(cells[kKev], widths[kKev]));
    for (size_t i = kKev + 1; i < kColumns; ++i) line += padded(cells[i], widths[i]);
    if (titles) line += fitted(clean(finding.title), left);
    line.erase(line.find_last_not_of(' ') + 1);
    page.out << line << "\n";
  }
}

}  // namespace bulkhead::report
