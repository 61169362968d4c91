// SPDX-License-Identifier: Apache-2.0
// The table's part about the policy: the verdict and the commit in force, then what to do, each
// remedy with the reasons it settles.
#include <fmt/format.h>

#include "report/policy_parts.h"

namespace bulkhead::report {
namespace {

constexpr size_t kMaxReasons = 12;  // named under one remedy
constexpr size_t kMaxWaived = 15;

Ink ink_of(model::Decision decision) {
  switch (decision) {
    case model::Decision::kDeny: return Ink::kBoldRed;
    case model::Decision::kWarn: return Ink::kYellow;
    case model::Decision::kAllow: return Ink::kGreen;
  }
  return Ink::kPlain;
}

std::string place_of(const model::Reason& reason) {
  std::string out = clean(reason.subject);
  if (!reason.path.empty()) out += (out.empty() ? "" : ", ") + clean(reason.path);
  return out;
}

void write_reason(const Page& page, const model::Reason& reason) {
  Paragraph line(page.out, page.style, 8);
  page.out << "      ";
  line.begin(6);
  line.word(Ink::kBold, clean(reason.rule));
  line.word(severity_ink(reason.severity), std::string(severity_name(reason.severity)));
  line.words(Ink::kPlain, clean(reason.message));
  std::string place = place_of(reason);
  if (!place.empty()) line.words(Ink::kDim, "(" + place + ")");
  if (reason.waiver && reason.waiver->expired) {
    line.words(Ink::kYellow, "waiver of " + clean(reason.waiver->where) + " expired on " +
                                 clean(reason.waiver->expires));
  }
  line.end();
}

void write_groups(const Page& page, const model::Verdict& verdict, model::Decision effect) {
  for (const PolicyGroup& group : policy_groups(verdict, effect)) {
    std::string fix = group.fix.empty() ? group.reasons.front()->title : std::string(group.fix);
    Paragraph line(page.out, page.style, 10);
    page.out << "  ";
    line.begin(2);
    line.word(ink_of(effect), effect == model::Decision::kDeny ? "denied:" : "warning:");
    line.words(Ink::kPlain, fix.empty() ? clean(group.reasons.front()->message) : clean(fix));
    line.end();
    size_t shown = 0;
    for (const model::Reason* reason : group.reasons) {
      if (shown == kMaxReasons && group.reasons.size() > kMaxReasons + 1) break;
      write_reason(page, *reason);
      ++shown;
    }
    if (shown < group.reasons.size()) {
      page.paragraph(6, Ink::kDim, fmt::format("and {} more", group.reasons.size() - shown));
    }
  }
}

void write_waived(const Page& page, const model::Verdict& verdict) {
  size_t waived = 0;
  for (const model::Reason& reason : verdict.reasons) {
    if (!reason.waiver || reason.waiver->expired) continue;
    if (++waived > kMaxWaived) continue;
    std::string text = "waived: " + clean(reason.rule) + " " + clean(reason.message);
    if (!reason.waiver->reason.empty()) text += ": " + clean(reason.waiver->reason);
    if (!reason.waiver->owner.empty()) text += ", by " + clean(reason.waiver->owner);
    if (!reason.waiver->expires.empty()) text += ", until " + clean(reason.waiver->expires);
    page.paragraph(2, Ink::kDim, text + " (" + clean(reason.waiver->where) + ")");
  }
  if (waived > kMaxWaived) {
    page.paragraph(2, Ink::kDim, fmt::format("and {} more waived", waived - kMaxWaived));
  }
}

void write_silent(const Page& page, const model::Verdict& verdict) {
  size_t observed = 0;
  for (const model::Reason& reason : verdict.reasons) {
    observed += reason.mode == model::PolicyMode::kObserve && !reason.waiver;
  }
  if (observed != 0) {
    page.paragraph(2, Ink::kDim,
                   plural(observed, "reason") + " only observed (--format json lists them)");
  }
  size_t refused = 0;
  for (const model::InactiveRule& rule : verdict.inactive) refused += rule.refused;
  if (refused != verdict.inactive.size()) {
    page.paragraph(2, Ink::kDim,
                   plural(verdict.inactive.size() - refused, "rule") +
                       " not asked, because facts are missing (--format json lists them)");
  }
  if (refused != 0) {
    page.paragraph(2, Ink::kDim,
                   plural(refused, "piece") +
                       " of the policy not in force, because it cannot be loaded (--format json "
                       "and bulkhead policy check say why)");
  }
}

}  // namespace

void write_policy_table(const Page& page) {
  if (!page.report.verdict) return;
  const model::Verdict& verdict = *page.report.verdict;
  page.heading("POLICY", "  " + policy_name(verdict.policy));
  write_groups(page, verdict, model::Decision::kDeny);
  write_groups(page, verdict, model::Decision::kWarn);
  write_waived(page, verdict);
  write_silent(page, verdict);
  const char* sum = verdict.decision == model::Decision::kDeny   ? "denied"
                    : verdict.decision == model::Decision::kWarn ? "allowed, with warnings"
                                                                 : "allowed";
  Paragraph line(page.out, page.style, 2);
  page.out << "  ";
  line.begin(2);
  line.word(ink_of(verdict.decision), std::string("verdict: ") + sum);
  line.word(Ink::kDim, clean(verdict.id.substr(0, 19)));
  line.end();
}

}  // namespace bulkhead::report
