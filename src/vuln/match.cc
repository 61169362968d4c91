// SPDX-License-Identifier: Apache-2.0
// The matcher: place each package, judge its entries, join them to vulnerabilities, draft findings.
// Packages of one source package share an answer, so it is drafted once and copied.
#include "vuln/match.h"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "model/ids.h"
#include "vuln/changelog.h"
#include "vuln/database/state.h"
#include "vuln/draft.h"
#include "vuln/modules.h"
#include "vuln/subject.h"

namespace bulkhead::vuln {
namespace {

constexpr size_t kMaxNamed = 100;  // packages that "not judged" names one by one

class Matcher {
 public:
  Matcher(const Database& database, const model::Distro& distro)
      : state_(database.state()), placer_(state_, distro), drafter_(state_) {}

  MatchResult run(std::span<const model::Package> packages) {
    for (size_t i = 0; i < packages.size(); ++i) place(packages[i], i);
    for (const Pending& pending : pending_) report(pending);
    auto before = [](const model::Finding& a, const model::Finding& b) {
      return a.package != b.package ? a.package < b.package : a.id < b.id;
    };
    std::stable_sort(result_.findings.begin(), result_.findings.end(), before);
    std::stable_sort(result_.closed.begin(), result_.closed.end(),
                     [&](const model::Ignored& a, const model::Ignored& b) {
                       return before(a.finding, b.finding);
                     });
    finish_groups();
    return std::move(result_);
  }

 private:
  // Packages with the same question have the same answer.
  struct Answer {
    size_t askers = 0;
    bool drafted = false;
    std::vector<model::Finding> drafts;
  };
  struct Pending {
    size_t index;
    Case subject;
    Answer* answer;  // in answers_, whose nodes stay where they are
  };

  void place(const model::Package& package, size_t index) {
    Placed placed = placer_.place(package);
    switch (placed.standing) {
      case Standing::kOwned:
      case Standing::kNoEntries: return;
      case Standing::kNoSource: return count_group(package, placed);
      case Standing::kNoVersion:
      case Standing::kBadVersion: return name(package, placed.reason);
      case Standing::kJudged: break;
    }
    Answer& answer = answers_[key_of(placed.subject)];
    ++answer.askers;
    pending_.push_back({index, std::move(placed.subject), &answer});
  }

  static std::string key_of(const Case& subject) {
    std::string key = subject.question.ecosystem;
    for (std::string_view part :
         {std::string_view(subject.question.name), std::string_view(subject.question.version),
          std::string_view(subject.package->type), module_label(*subject.package)}) {
      key += '\0';
      key += part;
    }
    return key;
  }

  void report(const Pending& pending) {
    Answer& answer = *pending.answer;
    if (!answer.drafted) draft(pending.subject, answer);
    bool last = --answer.askers == 0;
    for (model::Finding& drafted : answer.drafts) {
      const model::FixClaim* claim = claim_closes(pending.subject, drafted.fix_state)
                                         ? claim_about(pending.subject, drafted.id, drafted.aliases)
                                         : nullptr;
      model::Finding done = last ? finish(std::move(drafted), pending) : finish(drafted, pending);
      if (claim != nullptr) {
        close(std::move(done), *claim);
      } else {
        result_.findings.push_back(std::move(done));
      }
    }
    if (last) answer.drafts = {};
  }

  void draft(const Case& subject, Answer& answer) {
    answer.drafted = true;
    std::vector<Statement> statements = judge(state_, subject);
    for (const Group& group : join(state_, statements, false)) {
      if (!group.id.empty()) answer.drafts.push_back(drafter_.draft(subject, group));
    }
  }

  void close(model::Finding finding, const model::FixClaim& claim) {
    model::Ignored& closed = result_.closed.emplace_back();
    closed.finding = std::move(finding);
    closed.by = model::IgnoredBy::kChangelog;
    closed.reason = "the changelog says that " + claim.version + " fixed " + claim.id;
    closed.file = claim.path;
    closed.claim = claim;
  }

  static model::Finding finish(model::Finding finding, const Pending& pending) {
    const model::Package& package = *pending.subject.package;
    finding.package = pending.index;
    finding.class_id = model::finding_class_id(finding.kind, finding.id, class_subject(package));
    for (model::Proof& proof : finding.proofs) {
      proof.path = package.locations.empty() ? "" : package.locations[0].path;
    }
    return finding;
  }

  static std::string class_subject(const model::Package& package) {
    std::string out = package.type + ":";
    if (!package.name_space.empty()) out += package.name_space + "/";
    return out + package.name;
  }

  void count_group(const model::Package& package, const Placed& placed) {
    std::string group = placer_.group_name(package, placed.subject.question);
    ++groups_[{std::move(group), placed.reason}][package.type.str()];
  }

  void name(const model::Package& package, const std::string& reason) {
    if (named_++ < kMaxNamed) {
      result_.not_judged.push_back({package.purl(), reason, 1});
    }
  }

  void finish_groups() {
    if (named_ > kMaxNamed) {
      result_.not_judged.push_back(
          {"further packages", "without a version that can be compared", named_ - kMaxNamed});
    }
    for (const auto& [key, types] : groups_) {
      for (const auto& [type, count] : types) {
        result_.not_judged.push_back({key.first + ": " + std::to_string(count) + " " + type +
                                          (count == 1 ? " package" : " packages"),
                                      key.second, count});
      }
    }
  }

  const Database::State& state_;
  Placer placer_;
  Drafter drafter_;
  MatchResult result_;
  uint64_t named_ = 0;
  std::unordered_map<std::string, Answer> answers_;
  std::vector<Pending> pending_;
  // (group, reason) -> purl type -> packages
  std::map<std::pair<std::string, std::string>, std::map<std::string, uint64_t>> groups_;
};

}  // namespace

MatchResult match(const Database& database, const model::Distro& distro,
                  std::span<const model::Package> packages, base::Diagnostics& diagnostics) {
  MatchResult result = Matcher(database, distro).run(packages);
  if (database.state().damaged() && database.fall_back()) {
    diagnostics.skipped("database-damaged", "advisory database",
                        "part of it does not match its checksums; judged by the last good one "
                        "instead: run `bulkhead db update`");
    result = Matcher(database, distro).run(packages);
  }
  if (database.state().damaged()) {
    diagnostics.incomplete("database-damaged", "advisory database",
                           "part of it does not match its checksums; findings may be missing: run "
                           "`bulkhead db verify` and `bulkhead db update`");
  }
  return result;
}

}  // namespace bulkhead::vuln
