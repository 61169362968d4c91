// SPDX-License-Identifier: Apache-2.0
// The head of the table: what was scanned and what it was compared with.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/counted.h"
#include "base/text.h"
#include "report/age_text.h"
#include "report/table_parts.h"

namespace bulkhead::report {

using model::ScanReport;

namespace {

std::string_view date_of(std::string_view time) { return time.substr(0, 10); }

void write_subject(const Page& page) {
  const model::Artifact& artifact = page.report.artifact;
  page.out << painted(page.style, Ink::kBold, clean(artifact.name));
  std::vector<std::string> more;
  if (artifact.kind != model::ArtifactKind::kImage) {
    more.emplace_back(artifact_kind_name(artifact.kind));
  }
  if (!artifact.platform.empty()) more.push_back(clean(artifact.platform));
  constexpr size_t kShortDigest = 19;  // "sha256:" and twelve digits
  if (!artifact.digest.empty()) more.push_back(clean(artifact.digest.substr(0, kShortDigest)));
  if (!artifact.layers.empty()) more.push_back(base::counted(artifact.layers.size(), "layer"));
  if (!more.empty()) page.out << "  (" << base::join(more, ", ") << ")";
  page.out << "\n";
}

// The day this report knows about: that of the newest advisory, else of the scan. No clock is
// asked, so that the same input gives the same report.
std::string newest_day(const ScanReport& report) {
  std::string newest(date_of(report.created));
  for (const auto& feed : report.feeds) {
    newest = std::max(newest, std::string(date_of(feed.newest)));
  }
  return newest;
}

void write_distro(const Page& page) {
  const model::Distro& distro = page.report.artifact.distro;
  if (!distro.known()) return;
  page.out << clean(distro.name.empty() ? distro.id + " " + distro.version : distro.name);
  if (!distro.variant.empty()) page.out << ", " << clean(distro.variant);
  page.out << "\n";
  if (distro.end_of_life.empty()) return;
  std::string today = newest_day(page.report);
  bool over = today > distro.end_of_life;
  bool all_over =
      over && (distro.end_of_extended_life.empty() || today > distro.end_of_extended_life);
  std::string extended;
  if (!distro.end_of_extended_life.empty()) {
    extended = (all_over ? ", extended support on " : "; extended support until ") +
               clean(distro.end_of_extended_life);
  }
  std::string day = clean(distro.end_of_life);
  if (all_over) {
    page.paragraph(2, Ink::kBoldRed,
                   "END OF LIFE: support ended on " + day + extended +
                       ". New vulnerabilities are no longer fixed: move to a supported release.");
  } else if (over) {
    page.paragraph(2, Ink::kYellow,
                   "END OF LIFE: regular support ended on " + day + extended + ".");
  } else {
    page.paragraph(2, Ink::kDim, "supported until " + day + extended);
  }
}

// Relative to the time that was asked for; else, a person being the reader, to the present.
void write_age(const Page& page) {
  const ScanReport& report = page.report;
  std::optional<model::AdvisoryAge> age = model::advisory_age(report);
  if (!age && report.judged_by_feeds() && report.judged_at.empty() && page.style.now > 0) {
    age = model::advisory_age(report.feeds, page.style.now);
  }
  if (!age) return;
  if (age->stale) page.paragraph(2, Ink::kYellow, base::printable(stale_text(report, *age), 1000));
  constexpr size_t kMaxQuiet = 8;
  size_t more = age->quiet.size() - std::min(age->quiet.size(), kMaxQuiet);
  age->quiet.resize(age->quiet.size() - more);
  if (age->quiet.empty()) return;
  std::string text = quiet_text(*age);
  if (more != 0) text += fmt::format(" and {} more", more);
  page.paragraph(2, Ink::kDim, base::printable(text, 1000) + ".");
}

void write_inventory(const Page& page, const Overview& overview) {
  std::vector<std::string> types;
  for (const auto& [type, count] : overview.package_types) {
    types.push_back(fmt::format("{} {}", count, clean(type)));
  }
  std::string line = base::counted(page.report.packages.size(), "package");
  if (types.size() == 1) line += " (" + clean(overview.package_types.front().first) + ")";
  if (types.size() > 1) line += ": " + base::join(types, ", ");
  page.paragraph(0, Ink::kPlain, line);
  if (!page.report.vulnerabilities_scanned) {
    page.paragraph(0, Ink::kYellow,
                   "Vulnerabilities were not looked for: there is no advisory database, or the "
                   "scanner is switched off. \"bulkhead db update\" fetches one.");
    return;
  }
  std::vector<std::string> feeds;
  for (const auto& feed : page.report.feeds) {
    std::string name = clean(feed.name);
    if (!feed.newest.empty()) name += fmt::format(" ({})", clean(date_of(feed.newest)));
    feeds.push_back(std::move(name));
  }
  if (!feeds.empty()) page.paragraph(0, Ink::kPlain, "Advisories: " + base::join(feeds, ", "));
  write_age(page);
  if (page.report.database_kind == "starter") {
    page.paragraph(0, Ink::kYellow,
                   "Only the starter list was asked: the most exploited vulnerabilities in widely "
                   "used packages. What it does not name is not judged. \"bulkhead db update\" "
                   "fetches the full feeds.");
  }
}

}  // namespace

void write_table_head(const Page& page, const Overview& overview) {
  write_subject(page);
  write_distro(page);
  write_inventory(page, overview);
}

}  // namespace bulkhead::report
