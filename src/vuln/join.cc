// SPDX-License-Identifier: Apache-2.0
// Joins statements to vulnerabilities: records that share an id or an alias are one (union-find
// over their names), and an advisory that covers several vulnerabilities counts once for each.
//
// Of the statements in a group only those of the highest rank count: private intelligence replaces
// public records, and a distribution's own tracker beats a conversion of it.
#include <algorithm>
#include <array>
#include <map>
#include <numeric>

#include "vuln/judge.h"

namespace bulkhead::vuln {
namespace {

int kind_of(std::string_view id) {
  if (id.starts_with("CVE-")) return 0;
  return id.starts_with("GHSA-") ? 1 : 2;
}

// Ids under which distributions announce updated packages. All others (UBUNTU-CVE, CGA, AZL, ...)
// tell of the vulnerability, whenever a fix may come.
bool announces_update(std::string_view id) {
  constexpr std::array<std::string_view, 21> kUpdates = {
      "ALAS",  "ALBA-",   "ALEA-",  "ALSA-", "DLA-",  "DSA-",  "DTSA-",
      "ELSA-", "FEDORA-", "MGASA-", "OESA-", "PHSA-", "RHBA-", "RHEA-",
      "RHSA-", "RLBA-",   "RLSA-",  "RXSA-", "SUSE-", "USN-",  "openSUSE-"};
  return std::any_of(kUpdates.begin(), kUpdates.end(),
                     [&](std::string_view prefix) { return id.starts_with(prefix); });
}

// A statement under one set of names.
struct Node {
  const Statement* statement;
  std::vector<std::string_view> names;
  bool covered;
};

class Joiner {
 public:
  Joiner(const Database::State& state, const std::vector<Statement>& statements, bool all)
      : state_(state) {
    bool ranks = false;
    for (const Statement& s : statements) ranks |= s.rank != statements[0].rank;
    for (const Statement& s : statements) {
      if (s.verdict == Verdict::kOtherStream || s.verdict == Verdict::kUnreadable) continue;
      // Where all sources are of one rank, what does not affect cannot change an answer.
      if (s.verdict == Verdict::kAffected || ranks || all) add(s);
    }
  }

  std::vector<Group> groups(bool all) {
    connect();
    std::map<size_t, std::vector<size_t>> members;
    for (size_t i = 0; i < nodes_.size(); ++i) members[root(i)].push_back(i);
    std::vector<Group> out;
    for (const auto& [first, nodes] : members) {
      Group group = make(nodes);
      if (group.affected || all) out.push_back(std::move(group));
    }
    std::sort(out.begin(), out.end(), [](const Group& a, const Group& b) { return a.id < b.id; });
    return out;
  }

 private:
  void add(const Statement& s) {
    std::string_view id = state_.text(s.advisory.id);
    std::vector<std::string_view> covers = state_.strings(s.advisory.covers);
    if (covers.empty()) {
      std::vector<std::string_view> names = state_.strings(s.advisory.aliases);
      names.push_back(id);
      nodes_.push_back({&s, std::move(names), false});
      return;
    }
    for (std::string_view covered : covers) nodes_.push_back({&s, {covered}, true});
  }

  size_t root(size_t i) {
    while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
    return i;
  }

  void connect() {
    parent_.resize(nodes_.size());
    std::iota(parent_.begin(), parent_.end(), 0);
    std::map<std::string_view, size_t> seen;
    for (size_t i = 0; i < nodes_.size(); ++i) {
      for (std::string_view name : nodes_[i].names) {
        auto [at, fresh] = seen.emplace(name, i);
        if (!fresh) parent_[root(i)] = root(at->second);
      }
    }
  }

  Group make(const std::vector<size_t>& nodes) {
    Group group;
    uint32_t rank = 0;
    for (size_t i : nodes) rank = std::max(rank, nodes_[i].statement->rank);
    std::vector<std::string_view> names;
    for (size_t i : nodes) {
      const Node& node = nodes_[i];
      names.insert(names.end(), node.names.begin(), node.names.end());
      // The covering advisory's own id helps who looks for it.
      if (node.covered) names.push_back(state_.text(node.statement->advisory.id));
      announce(*node.statement, group);
      if (node.statement->rank != rank) continue;
      group.statements.push_back(node.statement);
      group.affected |= node.statement->verdict == Verdict::kAffected;
      group.covered |= node.covered;
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    auto best = std::min_element(names.begin(), names.end(), id_before);
    group.id = *best;
    for (std::string_view name : names) {
      if (name != group.id && !name.empty()) group.aliases.emplace_back(name);
    }
    return group;
  }

  void announce(const Statement& update, Group& group) const {
    uint32_t published = update.advisory.published;
    if (update.fixes.empty() || published == 0) return;
    if (!announces_update(state_.text(update.advisory.id))) return;
    if (group.announced == 0 || published < group.announced) group.announced = published;
  }

  const Database::State& state_;
  std::vector<Node> nodes_;
  std::vector<size_t> parent_;
};

}  // namespace

bool id_before(std::string_view a, std::string_view b) {
  int left = kind_of(a), right = kind_of(b);
  return left != right ? left < right : a < b;
}

std::vector<Group> join(const Database::State& state, const std::vector<Statement>& statements,
                        bool all) {
  if (statements.empty()) return {};
  return Joiner(state, statements, all).groups(all);
}

}  // namespace bulkhead::vuln
