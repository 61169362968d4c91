// SPDX-License-Identifier: Apache-2.0
// The table's part about the policy: the commit in force, what to do (each fix once, with what it
// closes), the verdict.
#include <fmt/format.h>

#include <algorithm>

#include "base/counted.h"
#include "base/text.h"
#include "model/nothing_judged.h"
#include "model/policy_error.h"
#include "report/people_text.h"
#include "report/policy_fixes.h"
#include "report/policy_parts.h"

namespace bulkhead::report {
namespace {

constexpr size_t kMaxFaults = 12;  // named under one fix
constexpr size_t kMaxRules = 8;    // named in one line
constexpr size_t kMaxWaived = 15;
constexpr size_t kMaxErrors = 8;
constexpr size_t kPathColumns = 60;

Ink ink_of(model::Decision decision) {
  switch (decision) {
    case model::Decision::kDeny: return Ink::kBoldRed;
    case model::Decision::kWarn: return Ink::kYellow;
    case model::Decision::kAllow: return Ink::kGreen;
  }
  return Ink::kPlain;
}

void write_effect(Paragraph& line, model::Decision effect) {
  line.word(ink_of(effect), effect == model::Decision::kDeny ? "denied:" : "warning:");
}

// "closes 7 denials and 1 warning: VUL001 (6), VUL016 (2)"
std::string closes(const PolicyFix& fix) {
  std::string out = "closes ";
  if (fix.denials != 0) out += base::counted(fix.denials, "denial");
  if (fix.denials != 0 && fix.warnings != 0) out += " and ";
  if (fix.warnings != 0) out += base::counted(fix.warnings, "warning");
  std::vector<std::string> rules;
  for (const RuleCount& rule : fix.rules) {
    if (rules.size() == kMaxRules && fix.rules.size() > kMaxRules + 1) {
      rules.push_back(fmt::format("and {} more", fix.rules.size() - kMaxRules));
      break;
    }
    rules.push_back(clean(rule.rule));
    bool several = fix.denials + fix.warnings > 1;
    if (several) rules.back() += fmt::format(" ({})", rule.faults);
  }
  return out + ": " + base::join(rules, ", ");
}

std::string names_of(const std::vector<std::string_view>& rules) {
  std::vector<std::string> names;
  for (std::string_view rule : rules) names.push_back(clean(rule));
  if (names.size() > kMaxRules) names.resize(kMaxRules);
  return base::join(names, ", ");
}

// Subject and path, unless the message says them already.
std::string place_of(const PolicyFault& fault) {
  const model::Reason& reason = *fault.reason;
  std::string said = without_purls(reason.message);
  std::vector<std::string> parts;
  std::string subject = package_name(reason.subject);
  if (said.find(subject) == said.npos) parts.push_back(clean(subject));
  // Of a finding without a place a rule names the list that it stands in.
  bool place = !reason.path.empty() && said.find(reason.path) == said.npos &&
               (reason.finding.empty() || reason.path != "packages");
  if (place) parts.push_back(clean(short_path(reason.path, kPathColumns)));
  return base::join(parts, ", ");
}

void write_expired(Paragraph& line, const model::Reason& reason) {
  if (!reason.waiver || !reason.waiver->expired) return;
  line.words(Ink::kYellow, "waiver of " + clean(reason.waiver->where) + " expired on " +
                               clean(reason.waiver->expires));
}

void write_fault(const Page& page, const PolicyFault& fault) {
  const model::Reason& reason = *fault.reason;
  Paragraph line(page.out, page.style, 8);
  page.out << "      ";
  line.begin(6);
  line.words(Ink::kBold, names_of(fault.rules));
  line.word(severity_ink(reason.severity), std::string(severity_name(reason.severity)));
  line.words(Ink::kPlain, clean(without_purls(reason.message)));
  std::string place = place_of(fault);
  if (!place.empty()) line.words(Ink::kDim, "(" + place + ")");
  write_expired(line, reason);
  line.end();
}

void write_remedy(const Page& page, const PolicyFix& fix) {
  const model::Reason& first = *fix.faults.front().reason;
  std::string_view text = !fix.remedy.empty()    ? fix.remedy
                          : !first.title.empty() ? std::string_view(first.title)
                                                 : std::string_view(first.message);
  Paragraph line(page.out, page.style, 10);
  page.out << "  ";
  line.begin(2);
  write_effect(line, fix.effect);
  line.words(Ink::kPlain, clean(without_purls(text)));
  bool cut = fix.faults.size() > kMaxFaults + 1;
  if (cut) line.words(Ink::kDim, "(" + closes(fix) + ")");
  line.end();
  size_t shown = 0;
  for (const PolicyFault& fault : fix.faults) {
    if (shown == kMaxFaults && cut) break;
    write_fault(page, fault);
    ++shown;
  }
  if (shown < fix.faults.size()) {
    page.paragraph(6, Ink::kDim, fmt::format("and {} more", fix.faults.size() - shown));
  }
}

// "CVE-2026-1 (VUL001, VUL002), CVE-2026-2 (VUL002)": what the upgrade is for.
void write_vulnerabilities(const Page& page, const PolicyFix& fix, size_t indent) {
  Paragraph line(page.out, page.style, indent);
  size_t shown = 0;
  for (const PolicyFault& fault : fix.faults) {
    if (shown == kMaxFaults && fix.faults.size() > kMaxFaults + 1) {
      line.word(Ink::kDim, fmt::format("and {} more", fix.faults.size() - shown));
      break;
    }
    ++shown;
    line.word(severity_ink(fault.reason->severity), clean(fault.finding->id));
    bool last = shown == fix.faults.size();
    bool expired = fault.reason->waiver && fault.reason->waiver->expired;
    line.words(Ink::kDim, "(" + names_of(fault.rules) + ")" + (last || expired ? "" : ","));
    write_expired(line, *fault.reason);
  }
  line.end();
}

void write_upgrade(const Page& page, const PolicyFix& fix, size_t indent) {
  Paragraph line(page.out, page.style, indent + 6);
  page.out << std::string(indent, ' ');
  line.begin(indent);
  write_effect(line, fix.effect);
  line.words(Ink::kPlain, "upgrade");
  line.word(Ink::kBold, clean(fix.upgrade.name));
  line.word(Ink::kPlain, clean(fix.upgrade.installed));
  line.word(Ink::kPlain, "to");
  line.word(Ink::kGreen, clean(fix.target) + ":");
  line.words(Ink::kPlain, closes(fix));
  line.end();
  write_vulnerabilities(page, fix, indent + 4);
}

// System packages are upgraded by one command or a new base image: their fixes stand together.
void write_system_upgrades(const Page& page, const std::vector<const PolicyFix*>& fixes) {
  PolicyFix sum;
  sum.effect = fixes.front()->effect;
  for (const PolicyFix* fix : fixes) {
    sum.denials += fix->denials;
    sum.warnings += fix->warnings;
    for (const RuleCount& rule : fix->rules) count_rule(sum.rules, rule);
  }
  sort_rules(sum.rules);
  Paragraph line(page.out, page.style, 10);
  page.out << "  ";
  line.begin(2);
  write_effect(line, sum.effect);
  line.words(Ink::kBold, system_upgrade_advice(page.report) + ":");
  line.words(Ink::kPlain, closes(sum));
  line.words(Ink::kPlain, "in " + base::counted(fixes.size(), "package"));
  line.end();
  for (const PolicyFix* fix : fixes) write_upgrade(page, *fix, 4);
}

void write_fixes(const Page& page) {
  std::vector<PolicyFix> fixes = policy_fixes(page.report);
  std::vector<const PolicyFix*> system;
  for (const PolicyFix& fix : fixes) {
    if (fix.is_upgrade() && fix.upgrade.system) system.push_back(&fix);
  }
  bool together = system.size() > 1;
  for (const PolicyFix& fix : fixes) {
    if (together && &fix == system.front()) write_system_upgrades(page, system);
    if (together && fix.upgrade.system) continue;
    if (fix.is_upgrade()) {
      write_upgrade(page, fix, 2);
    } else {
      write_remedy(page, fix);
    }
  }
}

void write_waived(const Page& page, const model::Verdict& verdict) {
  std::vector<PolicyFault> faults = waived_faults(verdict);
  for (size_t i = 0; i < std::min(faults.size(), kMaxWaived); ++i) {
    const model::Reason& reason = *faults[i].reason;
    std::string text = "waived: " + names_of(faults[i].rules) + " ";
    text += clean(without_purls(reason.message));
    if (!reason.waiver->reason.empty()) text += ": " + clean(reason.waiver->reason);
    if (!reason.waiver->owner.empty()) text += ", by " + clean(reason.waiver->owner);
    if (!reason.waiver->expires.empty()) text += ", until " + clean(reason.waiver->expires);
    page.paragraph(2, Ink::kDim, text + " (" + clean(reason.waiver->where) + ")");
  }
  if (faults.size() > kMaxWaived) {
    page.paragraph(2, Ink::kDim, fmt::format("and {} more waived", faults.size() - kMaxWaived));
  }
}

// A rule without an answer is not a rule that found nothing, even where nothing is enforced.
void write_observed_errors(const Page& page, const model::Verdict& verdict) {
  size_t errors = 0;
  for (const model::Reason& reason : verdict.reasons) {
    bool silent = reason.effect == model::Decision::kAllow && reason.rule == model::kPolicyError;
    if (!silent || ++errors > kMaxErrors) continue;
    page.paragraph(2, Ink::kYellow,
                   "observed only: " + std::string(model::kPolicyError) + " in " +
                       clean(reason.pack) + ": " + clean(reason.message));
  }
  if (errors > kMaxErrors) {
    page.paragraph(2, Ink::kYellow,
                   fmt::format("and {} more rules without an answer", errors - kMaxErrors));
  }
}

void write_conflicts(const Page& page, const model::Verdict& verdict) {
  size_t conflicts = 0;
  for (const model::Reason& reason : verdict.reasons) {
    if (reason.rule != model::kVexConflict || ++conflicts > kMaxErrors) continue;
    page.paragraph(
        2, Ink::kYellow,
        "VEX conflict in " + package_name(reason.subject) + ": " + clean(reason.message));
  }
  if (conflicts > kMaxErrors) {
    page.paragraph(2, Ink::kYellow,
                   fmt::format("and {} more VEX conflicts", conflicts - kMaxErrors));
  }
}

void write_silent(const Page& page, const model::Verdict& verdict) {
  size_t observed = 0;
  for (const model::Reason& reason : verdict.reasons) {
    bool counts = reason.mode == model::PolicyMode::kObserve && !reason.waiver;
    bool shown = reason.rule == model::kNothingJudged || reason.rule == model::kVexConflict;
    observed += counts && !shown;
  }
  if (observed != 0) {
    page.paragraph(2, Ink::kDim,
                   base::counted(observed, "reason") + " only observed (--format json lists them)");
  }
  size_t refused = 0;
  for (const model::InactiveRule& rule : verdict.inactive) refused += rule.refused;
  if (refused != verdict.inactive.size()) {
    page.paragraph(2, Ink::kDim,
                   base::counted(verdict.inactive.size() - refused, "rule") +
                       " not asked, because facts are missing (--format json lists them)");
  }
  if (refused != 0) {
    page.paragraph(2, Ink::kDim,
                   base::counted(refused, "piece") +
                       " of the policy not in force, because it cannot be loaded (--format json "
                       "and bulkhead policy check say why)");
  }
}

// Nothing is said in the sum that was not judged.
std::string sum_of(const model::Verdict& verdict) {
  bool nothing = model::nothing_judged(verdict) != nullptr;
  switch (verdict.decision) {
    case model::Decision::kDeny: return nothing ? "denied, because nothing was judged" : "denied";
    case model::Decision::kWarn:
      return nothing ? "allowed with a warning, because nothing was judged"
                     : "allowed, with warnings";
    case model::Decision::kAllow: break;
  }
  return nothing ? "allowed, though nothing was judged" : "allowed";
}

void write_sum(const Page& page, const model::Verdict& verdict) {
  const model::Reason* nothing = model::nothing_judged(verdict);
  if (nothing != nullptr) {
    page.paragraph(2, Ink::kYellow, "NOT JUDGED: " + clean(nothing->message));
  }
  Ink ink = ink_of(verdict.decision);
  if (nothing != nullptr && ink == Ink::kGreen) ink = Ink::kYellow;
  Paragraph line(page.out, page.style, 2);
  page.out << "  ";
  line.begin(2);
  line.word(ink, "verdict: " + sum_of(verdict));
  line.word(Ink::kDim, clean(verdict.id.substr(0, 19)));
  line.end();
}

}  // namespace

void write_policy_table(const Page& page) {
  if (!page.report.verdict) return;
  const model::Verdict& verdict = *page.report.verdict;
  page.heading("POLICY", "  " + policy_name(verdict.policy));
  write_fixes(page);
  write_waived(page, verdict);
  write_observed_errors(page, verdict);
  write_conflicts(page, verdict);
  write_silent(page, verdict);
  write_sum(page, verdict);
}

}  // namespace bulkhead::report
