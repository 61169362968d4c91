// SPDX-License-Identifier: Apache-2.0
// The tail of the table: what the report does not say, and why.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/counted.h"
#include "base/text.h"
#include "report/table_parts.h"
#include "report/vex_text.h"

namespace bulkhead::report {
namespace {

constexpr size_t kMaxDiagnostics = 10;
constexpr size_t kMaxNotJudged = 10;
constexpr size_t kMaxStatements = 10;
constexpr size_t kMaxClosed = 10;    // source packages
constexpr size_t kMaxClosedIds = 6;  // of one of them

// What the changelog of one source package closes; its binaries carry the same.
struct ClosedPackage {
  const model::Package* package;
  std::vector<const model::Ignored*> entries;  // one an id
};

std::vector<ClosedPackage> closed_by_changelogs(const model::ScanReport& report) {
  std::vector<ClosedPackage> out;
  std::map<std::pair<std::string_view, std::string_view>, size_t> known;
  for (const auto& entry : report.ignored) {
    if (!entry.claim) continue;
    const model::Package& package = report.packages[entry.finding.package];
    auto [at, fresh] = known.try_emplace(
        {package.source_name_or_name(), package.source_version_or_version()}, out.size());
    if (fresh) out.push_back({&package, {}});
    auto& entries = out[at->second].entries;
    bool said = std::any_of(entries.begin(), entries.end(), [&](const auto* other) {
      return other->finding.id == entry.finding.id;
    });
    if (!said) entries.push_back(&entry);
  }
  return out;
}

void write_closed(const Page& page) {
  std::vector<ClosedPackage> packages = closed_by_changelogs(page.report);
  if (packages.empty()) return;
  size_t total = 0;
  for (const ClosedPackage& closed : packages) total += closed.entries.size();
  page.heading("CLOSED BY EVIDENCE",
               "  " + base::counted(total, "vulnerability") + ", fixed as changelogs inside say");
  size_t shown = 0;
  for (const ClosedPackage& closed : packages) {
    if (shown == kMaxClosed && packages.size() > kMaxClosed + 1) break;
    ++shown;
    std::vector<std::string> ids;
    for (const model::Ignored* entry : closed.entries) {
      if (ids.size() == kMaxClosedIds && closed.entries.size() > kMaxClosedIds + 1) {
        ids.push_back(fmt::format("and {} more", closed.entries.size() - kMaxClosedIds));
        break;
      }
      ids.push_back(clean(entry->finding.id) + " since " + clean(entry->claim->version));
    }
    page.paragraph(2, Ink::kDim,
                   fmt::format("{} {}: {} ({})", clean(closed.package->source_name_or_name()),
                               clean(closed.package->source_version_or_version()),
                               base::join(ids, ", "), clean(closed.entries[0]->claim->path)));
  }
  if (shown < packages.size()) {
    page.paragraph(2, Ink::kDim,
                   "and " + base::counted(packages.size() - shown, "more package") +
                       " (--format json lists all)");
  }
}

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
  auto count = std::count_if(page.report.ignored.begin(), page.report.ignored.end(), is_shown);
  if (count == 0) return;
  page.heading("IGNORED", "  " + base::counted(static_cast<uint64_t>(count), "finding"));
  for (const auto& entry : page.report.ignored) {
    if (!is_shown(entry)) continue;
    const model::Package& package = page.report.packages[entry.finding.package];
    std::string text = clean(entry.finding.id) + " in " + clean(package.purl());
    std::string why = why_ignored(entry);
    if (!why.empty()) text += (why.front() == '(' ? " " : ": ") + clean(why);
    page.paragraph(2, Ink::kDim, text);
  }
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
                               base::counted(use.statements, "statement")));
  }
}

void write_diagnostics(const Page& page) {
  std::vector<const base::Diagnostic*> matter;
  for (const auto& diagnostic : page.report.diagnostics.all()) {
    bool told = diagnostic.impact != base::Impact::kNote || diagnostic.kind == "waiver-expired";
    if (told) matter.push_back(&diagnostic);
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
  write_closed(page);
  write_not_judged(page);
  write_ignored(page);
  write_vex(page);
  write_diagnostics(page);
}

}  // namespace bulkhead::report
