// SPDX-License-Identifier: Apache-2.0
// Finding: something wrong, with the proof it stands on.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/vex.h"

namespace bulkhead::model {

enum class Severity : uint8_t { kUnknown, kNegligible, kLow, kMedium, kHigh, kCritical };
std::string_view severity_name(Severity severity);  // "critical"
std::optional<Severity> parse_severity(
    std::string_view name);  // any case; also moderate, important

enum class FixState : uint8_t {
  kUnknown,        // the source says nothing about a fix
  kFixed,          // a fixed version exists
  kAffected,       // no fix yet
  kWillNotFix,     // the distribution decided against one (no-dsa ignored, end of life)
  kInvestigating,  // undetermined, under investigation
};
std::string_view fix_state_name(FixState state);

// Why an advisory was or was not reported. Every finding and every "explain" answer has one.
struct Proof {
  std::string advisory;      // id of the record that spoke: DSA-..., GHSA-..., ALSA-..., CVE-...
  std::string source;        // feed: "debian", "osv:npm", "alpine:v3.21", "changelog", ...
  std::string ecosystem;     // "Debian:12", "npm", ...
  std::string package;       // name as the advisory has it
  std::string package_kind;  // "source" or "binary": which name and version were compared
  std::string range;         // ">= 1.0.0, < 1.2.3" or "= 1.2.3"; "" when any version
  std::string compared;      // the version that was compared
  std::string scheme;        // version order: "deb", "semver", ...
  std::string rule;          // matcher rule: "below-fixed", "listed-version", "not-affected", ...
  std::string path;          // file that names the package
};

struct Cvss {
  std::string vector;  // "CVSS:3.1/AV:N/..."
  double score = 0;    // base score 0..10, computed from the vector
  std::string source;
};

struct Finding {
  // Class id: survives rebuilds, used by ignore files. hash(kind, id, package type+name).
  std::string class_id;
  std::string kind = "vuln";         // "malicious": the package itself was published to do harm
  std::string id;                    // CVE first, else the advisory's own id
  std::vector<std::string> aliases;  // sorted, without id
  size_t package = 0;                // index into the list of packages
  std::string title;
  std::string description;
  Severity severity = Severity::kUnknown;
  std::string severity_source;  // feed that rated it
  std::optional<Cvss> cvss;
  std::optional<double> epss;             // probability 0..1
  std::optional<double> epss_percentile;  // 0..1
  bool kev = false;
  bool kev_ransomware = false;
  std::string kev_date;  // date added
  FixState fix_state = FixState::kUnknown;
  std::vector<std::string> fix_versions;  // sorted by the scheme; the first that is enough leads
  std::string fix_since;  // when the distribution announced its fixed package, RFC 3339; "" unknown
  std::string published;
  std::string modified;
  std::vector<std::string> references;
  std::vector<std::string> cwes;
  std::vector<std::string> sources;  // feeds that report it, sorted
  std::vector<Proof> proofs;         // at least one
  std::vector<VexNote> vex;          // statements about it that did not close it
  bool vex_conflict = false;         // some of them would have
};

}  // namespace bulkhead::model
