// SPDX-License-Identifier: Apache-2.0
// The tail of the table: what the report does not say, and why.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "report/table_parts.h"
#include "report/vex_text.h"

namespace bulkhead::report {
namespace {

constexpr size_t kMaxDiagnostics = 10;
constexpr size_t kMaxNotJudged = 10;
constexpr size_t kMaxStatements = 10;

void write_not_judged(const Page& page) {
  if (page.report.not_judged.empty()) return;
  page.heading("NOT JUDGED");
  size_t shown = 0;
  for (const auto& entry : page.report.not_judged) {
    if (shown == kMaxNotJudged && page.report.not_judged.size() > kMaxNotJudged + 1) break;
    ++shown;
    page.paragraph(2, Ink::kYellow, clean(entry.what) + ": " + clean(entry.reason));
  }
  if (shown < page.report.not_judged.size()) {
    page.paragraph(2, Ink::kDim,
                   fmt::format("and {} more (--format json lists all)",
                               page.report.not_judged.size() - shown));
  }
}

void write_ignored(const Page& page) {
  if (page.report.ignored.empty()) return;
  page.heading("IGNORED", "  " + plural(page.report.ignored.size(), "finding"));
  size_t by_changelog = 0;
  for (const auto& entry : page.report.ignored) {
    if (entry.by == model::IgnoredBy::kChangelog) {
      ++by_changelog;
      continue;
    }
    const model::Package& package = page.report.packages[entry.finding.package];
    std::string text = clean(entry.finding.id) + " in " + clean(package.purl());
    std::string why = why_ignored(entry);
    if (!why.empty()) text += (why.front() == '(' ? " " : ": ") + clean(why);
    page.paragraph(2, Ink::kDim, text);
  }
  if (by_changelog == 0) return;
  page.paragraph(2, Ink::kDim,
                 plural(by_changelog, "finding") +
                     " fixed, as changelogs inside say (--format json lists them)");
}

// Statements about findings that are still open, and documents that said nothing to the point.
void write_vex(const Page& page) {
  bool any = std::any_of(page.report.findings.begin(), page.report.findings.end(),
                         [](const model::Finding& finding) { return !finding.vex.empty(); });
  if (!any && page.report.vex.empty()) return;
  page.heading("VEX");
  size_t shown = 0;
  size_t left = 0;
  for (bool conflicts : {true, false}) {
    for (const model::Finding& finding : page.report.findings) {
      if (finding.vex.empty() || finding.vex_conflict != conflicts) continue;
      if (shown == kMaxStatements) {
        ++left;
        continue;
      }
      ++shown;
      const model::Package& package = page.report.packages[finding.package];
      page.paragraph(
          2, conflicts ? Ink::kYellow : Ink::kDim,
          clean(finding.id) + " in " + clean(package.purl()) + ": " + clean(said_about(finding)));
    }
  }
  if (left != 0) {
    page.paragraph(2, Ink::kDim, fmt::format("and {} more (--format json lists all)", left));
  }
  for (const model::VexUse& use : page.report.vex) {
    page.paragraph(2, use.used == 0 ? Ink::kYellow : Ink::kDim,
                   fmt::format("{}: {} of {} used", clean(use.source), use.used,
                               plural(use.statements, "statement")));
  }
}

void write_diagnostics(const Page& page) {
  std::vector<const base::Diagnostic*> matter;
  for (const auto& diagnostic : page.report.diagnostics.all()) {
    if (diagnostic.impact != base::Impact::kNote) matter.push_back(&diagnostic);
  }
  if (matter.empty()) return;
  bool incomplete = page.report.diagnostics.any_incomplete();
  page.heading("ATTENTION", incomplete ? "  this report is incomplete" : "");
  std::stable_sort(matter.begin(), matter.end(),
                   [](auto* a, auto* b) { return a->impact > b->impact; });
  size_t shown = 0;
  for (const base::Diagnostic* diagnostic : matter) {
    if (shown == kMaxDiagnostics && matter.size() > kMaxDiagnostics + 1) break;
    ++shown;
    Ink ink = diagnostic->impact == base::Impact::kIncomplete ? Ink::kRed : Ink::kYellow;
    page.paragraph(2, ink, clean(diagnostic->where) + ": " + clean(diagnostic->message));
  }
  uint64_t left = matter.size() - shown;
  for (const auto& [kind, count] : page.report.diagnostics.dropped()) left += count;
  if (left != 0) page.paragraph(2, Ink::kDim, fmt::format("and {} more", left));
}

}  // namespace

void write_table_tail(const Page& page) {
  write_not_judged(page);
  write_ignored(page);
  write_vex(page);
  write_diagnostics(page);
}

}  // namespace bulkhead::report
