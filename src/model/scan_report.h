// SPDX-License-Identifier: Apache-2.0
// ScanReport: everything one scan learned, in the shape that report formats and SBOM writers read.
#pragma once

#include <cstdint>
#include <string>
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
  std::string name;    // "osv:npm", "debian"
  uint64_t records = 0;
  std::string newest;  // RFC 3339
};

// A finding that an ignore file took out of the report.
struct Ignored {
  std::string id;
  std::string package;  // purl
  std::string reason;   // "" when the file gave none
  std::string expires;  // date, "" never
  std::string file;     // ignore file and line
};

struct ScanReport {
  Artifact artifact;
  std::vector<Package> packages;  // sorted by type, name, version, location
  std::vector<Finding> findings;  // Finding::package indexes packages
  std::vector<Ignored> ignored;
  std::vector<NotJudged> not_judged;
  base::Diagnostics diagnostics;
  bool vulnerabilities_scanned = false;  // false: no database or scanner switched off
  std::string database_digest;
  std::string database_kind;             // "feeds" or "starter"
  std::vector<FeedInfo> feeds;
  std::string created;                   // RFC 3339: SOURCE_DATE_EPOCH, else the image's, else ""
  std::string tool_version;
  std::optional<Verdict> verdict;        // of the policy that was asked; none without one
};

}  // namespace bulkhead::model
