// SPDX-License-Identifier: Apache-2.0
// Drafts findings.
//
// Severity: a distribution's own rating counts first, since it knows how its package is built; then
// the CVSS vector of the highest version among the finding's own records; then their words; then
// the vectors and words of other sources' records of the same vulnerability. The source that rated
// is named. A distribution's words are about its own build of a package (often of another package
// than this one), so they never stand for another distribution's; a vector is about the
// vulnerability and may be borrowed from anyone.
#include "vuln/draft.h"

#include <algorithm>

#include "vuln/cvss.h"

namespace bulkhead::vuln {
namespace {

using model::FixState;
using model::Severity;

constexpr size_t kMaxReferences = 6;
constexpr size_t kMaxTexts = 4096;

std::string time_text(uint32_t time) { return time == 0 ? "" : base::format_time(time); }

std::vector<uint32_t> own_advisories(const Group& group) {
  std::vector<uint32_t> out;
  for (const Statement* s : group.statements) {
    if (s->verdict == Verdict::kAffected) out.push_back(s->entry.advisory);
  }
  return out;
}

// "Debian" for a package of Debian 12; "" for one of a language.
std::string_view distribution_of(const Case& subject) {
  if (!subject.question.distribution) return {};
  std::string_view ecosystem = subject.question.ecosystem;
  return ecosystem.substr(0, ecosystem.find(':'));
}

// "DEBIAN-CVE-2024-1" for CVE-2024-1: a record that is about the vulnerability, while an erratum
// ("ALSA-2024:1") is about the update of some package.
bool named_after(std::string_view advisory, std::string_view id) {
  return advisory.ends_with(id) &&
         (advisory.size() == id.size() || advisory[advisory.size() - id.size() - 1] == '-');
}

}  // namespace

const AdvisoryText& Drafter::text(uint32_t index, const format::Advisory& advisory) {
  if (texts_.size() > kMaxTexts) texts_.clear();
  auto [at, fresh] = texts_.try_emplace(index);
  if (fresh) at->second = state_.advisory_text(advisory, cache_);
  return at->second;
}

std::vector<uint32_t> Drafter::relatives(const model::Finding& finding) const {
  std::vector<uint32_t> out;
  auto add = [&](std::string_view id) {
    WordList found = state_.find_advisories(id);
    for (uint32_t i = 0; i < std::min(found.size(), 64u); ++i) {
      auto advisory = state_.advisory(found[i]);
      // One that covers several vulnerabilities describes none of them alone.
      if (advisory && advisory->covers == 0) out.push_back(found[i]);
    }
  };
  add(finding.id);
  if (!finding.id.starts_with("CVE-")) {
    for (const std::string& alias : finding.aliases) add(alias);
  }
  return out;
}

std::vector<uint32_t> Drafter::raters(const Case& subject, const model::Finding& finding) const {
  std::vector<uint32_t> out = relatives(finding);
  std::erase_if(out, [&](uint32_t index) {
    auto advisory = state_.advisory(index);
    if (!advisory) return true;
    std::string_view whose = distribution_of_source(state_.source_name(*advisory));
    return !whose.empty() && whose != distribution_of(subject);
  });
  return out;
}

std::vector<uint32_t> Drafter::describers(const model::Finding& finding) const {
  std::vector<uint32_t> neutral, named;
  for (uint32_t index : relatives(finding)) {
    auto advisory = state_.advisory(index);
    if (!advisory) continue;
    if (distribution_of_source(state_.source_name(*advisory)).empty()) {
      neutral.push_back(index);
    } else if (named_after(state_.text(advisory->id), finding.id)) {
      named.push_back(index);
    }
  }
  neutral.insert(neutral.end(), named.begin(), named.end());
  return neutral;
}

std::optional<model::Cvss> Drafter::best_vector(const std::vector<uint32_t>& advisories) {
  std::optional<model::Cvss> best;
  double best_version = 0;
  for (uint32_t index : advisories) {
    auto advisory = state_.advisory(index);
    if (!advisory) continue;
    for (const std::string& vector : text(index, *advisory).cvss) {
      auto score = cvss_score(vector);
      double version = cvss_version(vector);
      if (!score || version <= best_version) continue;
      best = model::Cvss{vector, *score, std::string(state_.source_name(*advisory))};
      best_version = version;
    }
  }
  return best;
}

Drafter::Rating Drafter::distribution_rating(const Group& group) const {
  Rating best;
  for (const Statement* s : group.statements) {
    if (s->verdict != Verdict::kAffected) continue;
    auto own = static_cast<Severity>(s->entry.severity);
    if (own == Severity::kUnknown) own = static_cast<Severity>(s->advisory.severity);
    if (own > best.severity && own <= Severity::kCritical) {
      best = {own, std::string(state_.source_name(s->advisory))};
    }
  }
  return best;
}

Drafter::Rating Drafter::worded_rating(const std::vector<uint32_t>& advisories) const {
  Rating best;
  for (uint32_t index : advisories) {
    auto advisory = state_.advisory(index);
    if (!advisory) continue;
    auto word = static_cast<Severity>(advisory->severity);
    if (word > best.severity && word <= Severity::kCritical) {
      best = {word, std::string(state_.source_name(*advisory))};
    }
  }
  return best;
}

void Drafter::fill_severity(const Case& subject, const Group& group, model::Finding& out) {
  std::vector<uint32_t> own = own_advisories(group);
  out.cvss = best_vector(own);
  bool borrowed = !out.cvss;
  if (borrowed) out.cvss = best_vector(relatives(out));

  Rating rating;
  if (subject.question.distribution) rating = distribution_rating(group);
  if (rating.severity == Severity::kUnknown && out.cvss && !borrowed) {
    rating = {cvss_rating(out.cvss->score), out.cvss->source};
  }
  if (rating.severity == Severity::kUnknown) rating = distribution_rating(group);
  if (rating.severity == Severity::kUnknown && out.cvss) {
    rating = {cvss_rating(out.cvss->score), out.cvss->source};
  }
  if (rating.severity == Severity::kUnknown) rating = worded_rating(raters(subject, out));
  out.severity = rating.severity;
  out.severity_source = rating.source;
}

void Drafter::fill_texts(const Group& group, model::Finding& out) {
  uint32_t published = UINT32_MAX, modified = 0;
  std::vector<uint32_t> own = own_advisories(group);
  std::vector<uint32_t> readers = own;
  bool bare = std::all_of(own.begin(), own.end(), [&](uint32_t index) {
    auto advisory = state_.advisory(index);
    return !advisory || text(index, *advisory).title.empty();
  });
  // Another record's words about this vulnerability beat an advisory's about several.
  if (group.covered || bare) {
    std::vector<uint32_t> others = describers(out);
    readers.insert(readers.begin(), others.begin(), others.end());
  }
  for (uint32_t index : readers) {
    auto advisory = state_.advisory(index);
    if (!advisory) continue;
    const AdvisoryText& words = text(index, *advisory);
    if (out.title.empty()) {
      out.title = words.title;
      out.description = words.description;
    }
    if (out.description.empty()) out.description = words.description;
  }
  for (uint32_t index : own) {
    auto advisory = state_.advisory(index);
    if (!advisory) continue;
    if (advisory->published != 0) published = std::min(published, advisory->published);
    modified = std::max(modified, advisory->modified);
    const AdvisoryText& words = text(index, *advisory);
    for (const std::string& url : words.references) {
      if (out.references.size() < kMaxReferences) add_unique(out.references, url);
    }
    for (const std::string& cwe : words.cwes) add_unique(out.cwes, cwe);
    add_unique(out.sources, state_.source_name(*advisory));
  }
  std::sort(out.cwes.begin(), out.cwes.end());
  std::sort(out.sources.begin(), out.sources.end());
  out.published = published == UINT32_MAX ? "" : time_text(published);
  out.modified = time_text(modified);
}

FixState fix_state_of(const Group& group) {
  bool will_not = false, investigating = true, bounded = false;
  for (const Statement* s : group.statements) {
    if (s->verdict != Verdict::kAffected) continue;
    if (!s->fixes.empty()) return FixState::kFixed;
    auto status = static_cast<Status>(s->entry.status);
    will_not |= status == Status::kWillNotFix;
    investigating &= status == Status::kInvestigating;
    // A listed version or "up to 1.2" leaves open what comes after.
    bounded |= s->rule != "no-fix";
  }
  if (will_not) return FixState::kWillNotFix;
  if (investigating) return FixState::kInvestigating;
  return bounded ? FixState::kUnknown : FixState::kAffected;
}

void Drafter::fill_fixes(const Case& subject, const Group& group, model::Finding& out) {
  out.fix_state = fix_state_of(group);
  if (out.fix_state == FixState::kFixed) out.fix_since = time_text(group.announced);
  std::vector<std::string_view> fixes;
  for (const Statement* s : group.statements) {
    if (s->verdict != Verdict::kAffected) continue;
    fixes.insert(fixes.end(), s->fixes.begin(), s->fixes.end());
  }
  auto before = [&](std::string_view a, std::string_view b) {
    auto order = subject.scheme->compare(a, b);
    return order != 0 ? order < 0 : a < b;
  };
  std::sort(fixes.begin(), fixes.end(), before);
  fixes.erase(std::unique(fixes.begin(), fixes.end(),
                          [&](std::string_view a, std::string_view b) {
                            return subject.scheme->compare(a, b) == 0;
                          }),
              fixes.end());
  // What one record calls fixed may still be affected by another's reckoning.
  auto enough = [&](std::string_view fix) {
    std::vector<EventView> events;
    for (const Statement* s : group.statements) {
      if (s->verdict != Verdict::kAffected) continue;
      WordList ranges = state_.list(s->entry.ranges);
      for (uint32_t i = 0; i < ranges.size(); ++i) {
        if (!state_.events(ranges[i], events)) continue;
        if (in_range(*subject.scheme, events, fix)) return false;
      }
    }
    return true;
  };
  bool several = group.statements.size() > 1 || fixes.size() > 1;
  for (std::string_view fix : fixes) {
    if (!several || enough(fix)) out.fix_versions.emplace_back(fix);
  }
  if (out.fix_versions.empty()) out.fix_versions.assign(fixes.begin(), fixes.end());
}

// A package of Pro has "esm" in its version. On a system without Pro the fix cannot be installed.
bool Drafter::fixed_by_pro_only(const Case& subject, const Statement& s) const {
  if (s.fixes.empty() || subject.question.version.find("esm") != std::string::npos) return false;
  auto ecosystem = state_.ecosystem(s.entry.ecosystem);
  return ecosystem && state_.text(ecosystem->name).starts_with("Ubuntu:Pro:");
}

// The fix is real, so the state stays; who cannot have it without a subscription is told so.
void Drafter::mark_pro(const Case& subject, const Group& group, model::Finding& out) const {
  bool pro = false;
  for (const Statement* s : group.statements) {
    if (s->verdict != Verdict::kAffected || s->fixes.empty()) continue;
    if (!fixed_by_pro_only(subject, *s)) return;
    pro = true;
  }
  if (!pro) return;
  std::string mark = "The fixed version comes with Ubuntu Pro only.";
  out.description = out.description.empty() ? mark : mark + " " + out.description;
}

void Drafter::fill_exploitation(model::Finding& out) const {
  auto add = [&](std::string_view id) {
    KevFact kev = state_.kev(id);
    if (kev.listed) {
      out.kev = true;
      out.kev_ransomware |= kev.ransomware;
      std::string date = base::format_date(kev.added);
      if (out.kev_date.empty() || date < out.kev_date) out.kev_date = date;
    }
    auto epss = state_.epss(id);
    if (epss && (!out.epss || epss->probability > *out.epss)) {
      out.epss = epss->probability;
      out.epss_percentile = epss->percentile;
    }
  };
  add(out.id);
  for (const std::string& alias : out.aliases) add(alias);
}

model::Proof Drafter::proof(const Case& subject, const Statement& s) const {
  model::Proof out;
  out.advisory = state_.text(s.advisory.id);
  out.source = state_.source_name(s.advisory);
  if (auto ecosystem = state_.ecosystem(s.entry.ecosystem)) {
    out.ecosystem = state_.text(ecosystem->name);
  }
  out.package = state_.text(subject.entry.shown);
  out.package_kind = subject.question.source ? "source" : "binary";
  if (s.rule == "listed-version") {
    out.range = "= " + subject.question.version;
  } else {
    out.range = describe_range(s.range);
  }
  out.compared = subject.question.version;
  out.scheme = subject.scheme->name;
  out.rule = s.rule;
  if (!subject.package->locations.empty()) out.path = subject.package->locations[0].path;
  return out;
}

model::Finding Drafter::draft(const Case& subject, const Group& group) {
  model::Finding out;
  out.id = group.id;
  out.aliases = group.aliases;
  fill_texts(group, out);
  fill_severity(subject, group, out);
  // Published to do harm (ossf/malicious-packages): no rating says it better.
  for (const Statement* s : group.statements) {
    bool malicious = state_.text(s->advisory.id).starts_with("MAL-");
    if (!malicious || s->verdict != Verdict::kAffected) continue;
    out.kind = "malicious";
    out.severity = Severity::kCritical;
    out.severity_source = state_.source_name(s->advisory);
  }
  fill_fixes(subject, group, out);
  mark_pro(subject, group, out);
  fill_exploitation(out);
  for (const Statement* s : group.statements) {
    if (s->verdict == Verdict::kAffected) out.proofs.push_back(proof(subject, *s));
  }
  return out;
}

}  // namespace bulkhead::vuln
