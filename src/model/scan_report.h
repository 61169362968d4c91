// SPDX-License-Identifier: Apache-2.0
// ScanReport: everything one scan learned, in the shape that report formats and SBOM writers read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostics.h"
#include "model/artifact.h"
#include "model/finding.h"
#include "model/package.h"
#include "model/verdict.h"

namespace bulkhead::model {

// A package, or a whole group, that no advisory source could judge.
struct NotJudged {
  std::string what;    // "fedora 40: 212 rpm packages", "pkg:npm/a@latest"
  std::string reason;  // "no advisory source for fedora in the database"
  uint64_t packages = 0;
};

// One advisory feed the findings stand on.
struct FeedInfo {
  std::string name;  // "osv:npm", "debian"
  uint64_t records = 0;
  std::string newest;  // RFC 3339, "" unknown
};

enum class IgnoredBy : uint8_t {
  kWaiver,     // an ignore file
  kVex,        // a VEX statement
  kChangelog,  // the package's own changelog says that it is fixed
};
std::string_view ignored_by_name(IgnoredBy by);  // "waiver"

// A finding that was taken out of the report.
struct Ignored {
  Finding finding;  // as it would have been reported
  IgnoredBy by = IgnoredBy::kWaiver;
  std::string reason;   // "" when none was given
  std::string expires;  // date, "" never
  std::string file;     // ignore file and line; VEX document and place; changelog
  std::string owner;    // of the waiver, or the statement's author
  std::string waiver;   // its own id, "" if it has none
  VexJustification justification = VexJustification::kNone;  // that a waiver states
  std::optional<VexNote> vex;                                // set for kVex
  std::optional<FixClaim> claim;                             // set for kChangelog
};

// What became of a VEX document.
struct VexUse {
  struct Unused {
    std::string vulnerability;
    std::string place;   // "statements[3]"
    std::string reason;  // why it counted for nothing
  };
  std::string source;  // file
  std::string format;  // "openvex", "csaf-vex", "cyclonedx-vex"
  std::string id, author, timestamp;
  uint64_t statements = 0;
  uint64_t used = 0;
  std::vector<Unused> unused;
};

// A file that runs with the rights of its owner or group, whoever starts it.
struct PrivilegedFile {
  std::string path;    // without leading slash
  uint32_t mode = 0;   // permission bits; setuid (04000), setgid (02000) or both
  int32_t layer = -1;  // index into Artifact::layers; -1: no layers
};

struct ScanReport {
  Artifact artifact;
  std::vector<Package> packages;  // sorted by type, name, version, location
  std::vector<Finding> findings;  // Finding::package indexes packages
  std::vector<Ignored> ignored;
  std::vector<VexUse> vex;  // one for each document that was applied
  std::vector<NotJudged> not_judged;
  std::optional<std::vector<PrivilegedFile>> privileged;  // by path; none where nobody looked
  base::Diagnostics diagnostics;
  bool vulnerabilities_scanned = false;  // false: no database or scanner switched off
  std::string database_digest;
  std::string database_kind;  // "feeds" or "starter"
  std::vector<FeedInfo> feeds;
  std::string judged_at;  // RFC 3339: --at, "" when it was not given
  std::string created;    // RFC 3339: SOURCE_DATE_EPOCH, else the image's, else ""
  std::string tool_version;
  std::optional<Verdict> verdict;  // of the policy that was asked; none without one

  bool judged_by_feeds() const { return vulnerabilities_scanned && database_kind == "feeds"; }
};

}  // namespace bulkhead::model
