// SPDX-License-Identifier: Apache-2.0
// Matching: packages and advisories in, findings with proof out. Pure: no I/O, no clock.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostics.h"
#include "model/artifact.h"
#include "model/finding.h"
#include "model/package.h"
#include "model/scan_report.h"
#include "vuln/database/database.h"

namespace bulkhead::vuln {

struct MatchResult {
  std::vector<model::Finding> findings;  // sorted by package, then id
  std::vector<model::Ignored> closed;  // by changelogs inside the packages; the same order
  std::vector<model::NotJudged> not_judged;
};

// Where the database turns out to be damaged, its last good one judges instead; that is said.
MatchResult match(const Database& database, const model::Distro& distro,
                  std::span<const model::Package> packages, base::Diagnostics& diagnostics);

// Everything the database says about one advisory id (or an alias of it) and these packages.
struct Explanation {
  enum class Outcome { kAffected, kInvestigating, kNotAffected, kNotJudged };
  Outcome outcome = Outcome::kNotJudged;
  size_t package = SIZE_MAX;  // index, SIZE_MAX when no package is concerned
  std::string sentence;       // "not reported: 1.1.1n-0+deb11u5 is not below the fixed version ..."
  model::Proof proof;
};
struct AdvisoryFacts {
  bool known = false;
  std::string id;
  std::vector<std::string> aliases;
  std::string title;
  std::vector<Explanation> explanations;  // one per (package, record); empty: nothing installed
};
AdvisoryFacts explain(const Database& database, const model::Distro& distro,
                      std::span<const model::Package> packages, std::string_view id);

}  // namespace bulkhead::vuln
