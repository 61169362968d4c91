// SPDX-License-Identifier: Apache-2.0
// Scanning: from an opened input to a report. pipeline.cc tells the story.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "model/scan_report.h"
#include "oci/transport.h"
#include "scan/cache/cache.h"
#include "scan/directory.h"
#include "scan/progress.h"
#include "scan/spill.h"
#include "vuln/database/database.h"

namespace bulkhead::scan {

struct Options {
  std::string name;                         // of the artifact, as the report shall call it
  std::string platform;                     // "" = this machine's
  bool vulnerabilities = true;              // --scanners
  bool files = false;                       // packages keep the lists of files that they own
  bool verify = false;                      // hash local layers again although nothing changed
  std::vector<std::string> skip_dirs;       // globs
  std::vector<model::Severity> severities;  // empty: all
  bool only_fixable = false;
  base::UnixTime now = 0;  // of the judgement; never printed
  std::string judged_at;   // --at as RFC 3339, "" otherwise: what ages in documents refer to
  std::string created;     // SOURCE_DATE_EPOCH as RFC 3339, "" otherwise
  std::string tool_version;
};

// What a scan works with; all passed in. store, database and progress may be null.
struct Tools {
  Store* store = nullptr;
  Spill* spill = nullptr;
  const vuln::Database* database = nullptr;
  std::string database_kind;  // "feeds" or "starter"
  Progress* progress = nullptr;
  // Decides on the findings (waivers, policies) once all are there and before any filter of the
  // report; may be empty.
  std::function<base::Status(model::ScanReport&)> decide;
  const FileReader* reader = nullptr;  // of files in directories and source trees; may be null
};

base::Result<model::ScanReport> scan_image(oci::Transport& transport, const Options& options,
                                           const Tools& tools);
// kind: an installed tree or a source tree.
base::Result<model::ScanReport> scan_directory(const base::Fd& root, catalog::TreeKind kind,
                                               const Options& options, const Tools& tools);
// One lock file or manifest as a source tree of its own; name is that of the file.
base::Result<model::ScanReport> scan_file(const base::Fd& file, const std::string& name,
                                          const Options& options, const Tools& tools);
base::Result<model::ScanReport> scan_sbom(std::string_view bytes, const Options& options,
                                          const Tools& tools);

}  // namespace bulkhead::scan
