// SPDX-License-Identifier: Apache-2.0
// The matcher: place each package, judge its entries, join them to vulnerabilities, draft findings.
// Packages of one source package share an answer, so it is drafted once and copied.
#include "vuln/match.h"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "model/ids.h"
#include "vuln/changelog.h"
#include "vuln/draft.h"
#include "vuln/modules.h"
#include "vuln/state.h"
#include "vuln/subject.h"

namespace bulkhead::vuln {
namespace {

constexpr size_t kMaxNamed = 100;  // packages that "not judged" names one by one

class Matcher {
 public:
  Matcher(const Database& database, const model::Distro& distro)
      : state_(database.state()), placer_(state_, distro), drafter_(state_) {}

  MatchResult run(std::span<const model::Package> packages) {
    for (size_t i = 0; i < packages.size(); ++i) match_one(packages[i], i);
    std::stable_sort(result_.findings.begin(), result_.findings.end(),
                     [](const model::Finding& a, const model::Finding& b) {
                       return a.package != b.package ? a.package < b.package : a.id < b.id;
                     });
    finish_groups();
    return std::move(result_);
  }

 private:
  void match_one(const model::Package& package, size_t index) {
    Placed placed = placer_.place(package);
    switch (placed.standing) {
      case Standing::kOwned:
      case Standing::kNoEntries: return;
      case Standing::kNoSource:
        count_group(package, placed);
        return;
      case Standing::kNoVersion:
      case Standing::kBadVersion: name(package, placed.reason); return;
      case Standing::kJudged: break;
    }
    for (const model::Finding& draft : drafts(placed.subject)) {
      if (claim_closes(placed.subject, draft.fix_state) &&
          claim_about(placed.subject, draft.id, draft.aliases) != nullptr) {
        continue;
      }
      model::Finding finding = draft;
      finding.package = index;
      finding.class_id = model::finding_class_id("vuln", finding.id, class_subject(package));
      for (model::Proof& proof : finding.proofs) {
        proof.path = package.locations.empty() ? "" : package.locations[0].path;
      }
      result_.findings.push_back(std::move(finding));
    }
  }

  const std::vector<model::Finding>& drafts(const Case& subject) {
    std::string key = subject.question.ecosystem;
    for (std::string_view part :
         {std::string_view(subject.question.name), std::string_view(subject.question.version),
          std::string_view(subject.package->type), module_label(*subject.package)}) {
      key += '\0';
      key += part;
    }
    auto [at, fresh] = drafts_.try_emplace(std::move(key));
    if (fresh) {
      std::vector<Statement> statements = judge(state_, subject);
      for (const Group& group : join(state_, statements, false)) {
        if (!group.id.empty()) at->second.push_back(drafter_.draft(subject, group));
      }
    }
    return at->second;
  }

  static std::string class_subject(const model::Package& package) {
    std::string out = package.type + ":";
    if (!package.name_space.empty()) out += package.name_space + "/";
    return out + package.name;
  }

  void count_group(const model::Package& package, const Placed& placed) {
    std::string group = placer_.group_name(package, placed.subject.question);
    ++groups_[{std::move(group), placed.reason}][package.type];
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
  std::unordered_map<std::string, std::vector<model::Finding>> drafts_;
  // (group, reason) -> purl type -> packages
  std::map<std::pair<std::string, std::string>, std::map<std::string, uint64_t>> groups_;
};

}  // namespace

MatchResult match(const Database& database, const model::Distro& distro,
                  std::span<const model::Package> packages, base::Diagnostics& diagnostics) {
  MatchResult result = Matcher(database, distro).run(packages);
  if (database.state().damaged()) {
    diagnostics.incomplete("database-damaged", "advisory database",
                           "part of it does not match its checksums; findings may be missing: run "
                           "`bulkhead db verify` and `bulkhead db update`");
  }
  return result;
}

}  // namespace bulkhead::vuln
