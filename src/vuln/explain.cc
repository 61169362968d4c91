// SPDX-License-Identifier: Apache-2.0
// Why an advisory is reported for a package or why not. The same placing, judging and joining as
// the matcher's; only what the matcher keeps silent about is said here.
#include <algorithm>
#include <optional>
#include <set>

#include "vuln/changelog.h"
#include "vuln/database/state.h"
#include "vuln/draft.h"
#include "vuln/match.h"
#include "vuln/subject.h"

namespace bulkhead::vuln {
namespace {

using Outcome = Explanation::Outcome;

// In the words of the state that the report shows for it (fix_state_of).
std::string_view without_fix(Status status) {
  switch (status) {
    case Status::kInvestigating: return " may be affected: this is still under investigation";
    case Status::kWillNotFix: return " is affected and will not be fixed";
    case Status::kRanges:
    case Status::kNotAffected: break;
  }
  return " is affected and no fixed version is known";
}

class Explainer {
 public:
  Explainer(const Database::State& state, const model::Distro& distro, std::string_view id)
      : state_(state), placer_(state, distro), drafter_(state), id_(id) {
    std::string own = distro_feed(distro).ecosystem;
    distribution_ = own.substr(0, own.find(':'));
  }

  AdvisoryFacts run(std::span<const model::Package> packages) {
    find_advisories();
    find_names();
    for (size_t i = 0; i < packages.size(); ++i) explain(packages[i], i);
    return std::move(facts_);
  }

 private:
  void find_advisories();
  void find_title();
  void find_names();
  void explain(const model::Package& package, size_t index);
  void explain_judged(const Case& subject, size_t index);
  void explain_silence(const Case& subject, size_t index, const std::string& reason);
  Explanation of_statement(const Case& subject, const Statement& statement) const;

  // Whether any entry under the package's name belongs to one of the advisories.
  bool concerns(const Question& question) const {
    auto entry = state_.find_package(question.ecosystem, question.name);
    if (!entry) return false;
    for (uint32_t i = 0; i < entry->count; ++i) {
      auto affected = state_.affected(uint64_t{entry->first} + i);
      if (!affected) return false;
      if (advisories_.contains(affected->advisory)) return true;
    }
    return false;
  }

  model::Proof bare_proof(const Case& subject, std::string_view rule) const {
    model::Proof proof;
    proof.advisory = facts_.id;
    proof.ecosystem = subject.question.ecosystem;
    proof.package = subject.question.name;
    proof.package_kind = subject.question.source ? "source" : "binary";
    proof.compared = subject.question.version;
    proof.rule = rule;
    if (!subject.package->locations.empty()) proof.path = subject.package->locations[0].path;
    return proof;
  }

  const Database::State& state_;
  Placer placer_;
  Drafter drafter_;
  std::string_view id_;
  std::string distribution_;  // "Debian" of what it is explained for; "" when it is none
  AdvisoryFacts facts_;
  std::set<uint32_t> advisories_;
  std::set<std::string, std::less<>> names_;  // of the packages they are about, in any ecosystem
};

void Explainer::find_advisories() {
  std::set<std::string, std::less<>> ids = {std::string(id_)};
  auto add = [&](std::string_view id) {
    WordList found = state_.find_advisories(id);
    for (uint32_t i = 0; i < found.size(); ++i) advisories_.insert(found[i]);
  };
  add(id_);
  // Records that know the vulnerability by another of its names.
  for (uint32_t index : std::set<uint32_t>(advisories_)) {
    auto advisory = state_.advisory(index);
    if (!advisory || advisory->covers != 0) continue;
    for (std::string_view alias : state_.strings(advisory->aliases)) ids.emplace(alias);
    ids.emplace(state_.text(advisory->id));
  }
  for (const std::string& id : ids) add(id);
  facts_.known = !advisories_.empty() || state_.kev(id_).listed || state_.epss(id_).has_value();
  facts_.id = *std::min_element(ids.begin(), ids.end(), id_before);
  for (const std::string& id : ids) {
    if (id != facts_.id) facts_.aliases.push_back(id);
  }
  find_title();
}

// One that is about this vulnerability alone describes it best. An erratum of another distribution
// than this one is about that one's update, so it describes nothing here unless it was asked for.
void Explainer::find_title() {
  for (bool neutral : {true, false}) {
    for (bool alone : {true, false}) {
      for (uint32_t index : advisories_) {
        auto advisory = state_.advisory(index);
        if (!advisory || !facts_.title.empty() || (advisory->covers == 0) != alone) continue;
        std::string_view whose = distribution_of_source(state_.source_name(*advisory));
        if (whose.empty() != neutral) continue;
        bool foreign = !neutral && whose != distribution_ && state_.text(advisory->id) != id_;
        if (!foreign) facts_.title = drafter_.text(index, *advisory).title;
      }
    }
  }
}

void Explainer::find_names() {
  // Entries lie in the order of their packages, so both are walked once.
  size_t package_index = 0;
  std::optional<format::Package> package = state_.package(0);
  for (size_t i = 0; i < state_.count(format::Section::kAffected); ++i) {
    auto affected = state_.affected(i);
    if (!affected) return;
    if (!advisories_.contains(affected->advisory)) continue;
    while (package && i >= uint64_t{package->first} + package->count) {
      if (++package_index >= state_.count(format::Section::kPackages)) return;
      package = state_.package(package_index);
    }
    if (!package) return;
    names_.emplace(state_.text(package->name));
  }
}

Explanation Explainer::of_statement(const Case& subject, const Statement& s) const {
  Explanation out;
  out.proof = drafter_.proof(subject, s);
  const std::string& version = subject.question.version;
  std::string whose = out.proof.source + " (" + out.proof.advisory + ")";
  std::string bound;
  for (const EventView& event : s.range) {
    if (event.type == EventType::kFixed) bound = event.version;
  }
  switch (s.verdict) {
    case Verdict::kAffected:
      out.outcome = Outcome::kAffected;
      if (s.rule == "below-fixed") {
        out.sentence = version + " is below the fixed version " + std::string(s.fixes.front());
        if (drafter_.fixed_by_pro_only(subject, s)) out.sentence += ", which Ubuntu Pro alone has";
      } else if (s.rule == "listed-version") {
        out.sentence = version + " is listed as affected";
      } else if (s.rule == "no-fix") {
        auto status = static_cast<Status>(s.entry.status);
        if (status == Status::kInvestigating) out.outcome = Outcome::kInvestigating;
        out.sentence = version + std::string(without_fix(status));
      } else {
        out.sentence = version + " is in the affected range " + out.proof.range;
      }
      break;
    case Verdict::kOutside:
      out.outcome = Outcome::kNotAffected;
      if (s.rule == "not-below-fixed") {
        out.sentence = "not reported: " + version + " is not below the fixed version " + bound;
        if (s.fixes.empty()) break;
      }
      out.sentence = "not reported: " + version + " is in none of the affected versions";
      if (!out.proof.range.empty()) out.sentence += " (" + out.proof.range + ")";
      break;
    case Verdict::kNotAffected:
      out.outcome = Outcome::kNotAffected;
      out.sentence = "not reported: it never was affected in " + out.proof.ecosystem;
      break;
    case Verdict::kOtherStream:
      out.outcome = Outcome::kNotAffected;
      out.sentence = "not reported: the advisory is about another module stream";
      if (s.entry.stream != 0) {
        out.sentence += " (" + std::string(state_.text(s.entry.stream)) + ")";
      }
      break;
    case Verdict::kUnreadable:
      out.sentence = "not judged: the database is damaged here";
      break;
  }
  out.sentence += ", says " + whose;
  return out;
}

void Explainer::explain_judged(const Case& subject, size_t index) {
  std::vector<Statement> statements = judge(state_, subject);
  std::vector<Group> groups = join(state_, statements, true);
  bool any = false;
  for (const Statement& s : statements) {
    if (!advisories_.contains(s.entry.advisory)) continue;
    any = true;
    Explanation out = of_statement(subject, s);
    out.package = index;
    for (const Group& group : groups) {
      bool about = group.id == facts_.id ||
                   std::find(group.aliases.begin(), group.aliases.end(), facts_.id) !=
                       group.aliases.end();
      if (!about || s.verdict != Verdict::kAffected) continue;
      bool counts = std::find(group.statements.begin(), group.statements.end(), &s) !=
                    group.statements.end();
      const model::FixClaim* claim = claim_about(subject, group.id, group.aliases);
      if (!counts) {
        out.outcome = group.affected ? Outcome::kAffected : Outcome::kNotAffected;
        out.proof.rule = "replaced";
        out.sentence = "does not count, since a source of higher rank speaks: " + out.sentence;
      } else if (claim != nullptr && claim_closes(subject, fix_state_of(group))) {
        out.outcome = Outcome::kNotAffected;
        out.proof.rule = "changelog";
        out.proof.source = "changelog";
        out.proof.path = claim->path;
        out.sentence = "not reported: the changelog says that " + claim->version + " fixed " +
                       claim->id + " (" + claim->path + ")";
      }
    }
    facts_.explanations.push_back(std::move(out));
  }
  if (!any) explain_silence(subject, index, "");
}

// No statement of its own source: say so where the name suggests that one was to be expected.
void Explainer::explain_silence(const Case& subject, size_t index, const std::string& reason) {
  Explanation out;
  out.package = index;
  const model::FixClaim* claim = claim_about(subject, facts_.id, facts_.aliases);
  if (claim != nullptr) {
    out.outcome = Outcome::kNotAffected;
    out.sentence = "not reported: no advisory speaks about it, and the changelog says that " +
                   claim->version + " fixed " + claim->id;
    out.proof = bare_proof(subject, "changelog");
    out.proof.source = "changelog";
    out.proof.path = claim->path;
    facts_.explanations.push_back(std::move(out));
    return;
  }
  const model::Package& package = *subject.package;
  bool expected = names_.contains(package.name) || names_.contains(package.source_name_or_name());
  if (!is_os_package(package) || !expected) return;
  out.outcome = Outcome::kNotJudged;
  out.sentence = !reason.empty() ? "not judged: " + reason
                                 : "not judged: no record for " + subject.question.ecosystem +
                                       " connects it with " + facts_.id +
                                       "; a missing record says nothing";
  out.proof = bare_proof(subject, reason.empty() ? "no-record" : "no-source");
  facts_.explanations.push_back(std::move(out));
}

void Explainer::explain(const model::Package& package, size_t index) {
  Placed placed = placer_.place(package);
  const Case& subject = placed.subject;
  Explanation out;
  out.package = index;
  switch (placed.standing) {
    case Standing::kJudged: return explain_judged(subject, index);
    case Standing::kNoEntries:
    case Standing::kNoSource: return explain_silence(subject, index, placed.reason);
    case Standing::kOwned:
      out.sentence = "not judged on its own: its files belong to " + package.owner +
                     ", which is judged instead";
      out.proof = bare_proof(subject, "owned");
      break;
    case Standing::kNoVersion:
    case Standing::kBadVersion:
      out.sentence = "not judged: " + placed.reason;
      out.proof = bare_proof(subject, "invalid-version");
      break;
  }
  if (concerns(subject.question)) facts_.explanations.push_back(std::move(out));
}

}  // namespace

AdvisoryFacts explain(const Database& database, const model::Distro& distro,
                      std::span<const model::Package> packages, std::string_view id) {
  AdvisoryFacts facts = Explainer(database.state(), distro, id).run(packages);
  if (!database.state().damaged() || !database.fall_back()) return facts;
  return Explainer(database.state(), distro, id).run(packages);
}

}  // namespace bulkhead::vuln
