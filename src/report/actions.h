// SPDX-License-Identifier: Apache-2.0
// Actions: findings grouped by what a person can do about them.
//
// One action is one package to change: all binaries of one source package for a distribution's
// packages, one name and version for a language's. The version to go to is the smallest that
// removes every finding of the action that has a fix.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/scan_report.h"

namespace bulkhead::report {

// How many distinct vulnerabilities of each severity.
struct Tally {
  std::array<uint64_t, 6> counts{};  // by model::Severity

  uint64_t of(model::Severity severity) const { return counts[static_cast<size_t>(severity)]; }
  void add(model::Severity severity) { ++counts[static_cast<size_t>(severity)]; }
  uint64_t total() const;
  // Worst first: more critical ones first, then more high ones, ...
  bool operator==(const Tally&) const = default;
  bool worse_than(const Tally& other) const;
};

// "2 critical, 5 high"; "" when empty.
std::string tally_text(const Tally& tally);

enum class Remedy : uint8_t {
  kUpgrade,        // a version without these findings exists
  kNoFix,          // none yet, or none known
  kWillNotFix,     // the source says there will be none
  kInvestigating,  // the source has not decided whether it is affected
};
std::string_view remedy_name(Remedy remedy);  // "upgrade"

struct Action {
  Remedy remedy = Remedy::kUpgrade;
  bool system = false;           // the package manager of the distribution does it
  std::string type;              // purl type
  std::string name;              // source package, or full name with its namespace
  std::string installed;         // version that is there
  std::string target;            // version to go to; only with kUpgrade
  std::vector<size_t> packages;  // indices into ScanReport::packages, sorted
  std::vector<size_t> findings;  // one a vulnerability: worst first, known exploited before others
  Tally removes;
  bool kev = false;
  double epss = -1;  // the highest, -1 when none is known
};

// What makes findings one action. Type, name and installed are those of the action.
struct ActionKey {
  Remedy remedy = Remedy::kUpgrade;
  std::string type, name, installed;
  bool system = false;
  auto operator<=>(const ActionKey&) const = default;
};
ActionKey action_key(const model::ScanReport& report, const model::Finding& finding);
// Raises target to the version that this finding needs; the finding must have one.
void raise_target(const model::Finding& finding, std::string_view type, std::string& target);

// Worst first within each remedy; remedies in the order of the enumeration.
std::vector<Action> make_actions(const model::ScanReport& report);

struct Overview {
  Tally vulnerabilities;   // distinct ids, each with its worst severity
  uint64_t fixable = 0;    // distinct ids that some upgrade removes
  uint64_t exploited = 0;  // distinct ids in KEV
  std::vector<std::pair<std::string, uint64_t>> package_types;  // most first
};
Overview make_overview(const model::ScanReport& report);

// "Rebuild on a current base image, or run apk upgrade": what changes system packages together.
std::string system_upgrade_advice(const model::ScanReport& report);

// "@scope/name", "group:artifact" for maven, "name" for the rest.
std::string display_name(const model::Package& package);
bool is_system_package(const model::Package& package);

}  // namespace bulkhead::report
