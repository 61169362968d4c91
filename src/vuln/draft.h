// SPDX-License-Identifier: Apache-2.0
// From a group of statements to a finding: severity, fixes, texts, exploitation, proofs.
#pragma once

#include <unordered_map>

#include "model/finding.h"
#include "vuln/judge.h"

namespace bulkhead::vuln {

class Drafter {
 public:
  explicit Drafter(const Database::State& state) : state_(state) {}

  // Everything but the index of the package, the class id and the proofs' paths.
  model::Finding draft(const Case& subject, const Group& group);
  model::Proof proof(const Case& subject, const Statement& statement) const;
  // Whether the statement's fix exists in Ubuntu Pro while the package is not from there.
  bool fixed_by_pro_only(const Case& subject, const Statement& statement) const;
  // The text of an advisory; blocks stay inflated for the drafter's life, up to a bound.
  const AdvisoryText& text(uint32_t advisory_index, const format::Advisory& advisory);

 private:
  struct Rating {
    model::Severity severity = model::Severity::kUnknown;
    std::string source;
  };
  void fill_texts(const Group& group, model::Finding& out);
  void fill_severity(const Case& subject, const Group& group, model::Finding& out);
  void fill_fixes(const Case& subject, const Group& group, model::Finding& out);
  void mark_pro(const Case& subject, const Group& group, model::Finding& out) const;
  void fill_exploitation(model::Finding& out) const;
  // The vector of the highest CVSS version among these advisories.
  std::optional<model::Cvss> best_vector(const std::vector<uint32_t>& advisories);
  Rating distribution_rating(const Group& group) const;
  Rating worded_rating(const std::vector<uint32_t>& advisories) const;
  // Other sources' records of the same vulnerability, by its ids.
  std::vector<uint32_t> relatives(const model::Finding& finding) const;
  // Those of them whose rating in words holds for this package.
  std::vector<uint32_t> raters(const Case& subject, const model::Finding& finding) const;
  // Those of them whose words are about the vulnerability; what no distribution wrote goes first.
  std::vector<uint32_t> describers(const model::Finding& finding) const;

  const Database::State& state_;
  Database::State::TextCache cache_;
  std::unordered_map<uint32_t, AdvisoryText> texts_;
};

// What the distribution or ecosystem says about a fix, from statements of one group.
model::FixState fix_state_of(const Group& group);

}  // namespace bulkhead::vuln
