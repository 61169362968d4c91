// SPDX-License-Identifier: Apache-2.0
// The document that policies see as `input` (docs/formats/policy-input.md): one shape at every
// stage. What is not known at a stage is missing from it, never null and never made up.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "model/scan_report.h"
#include "model/verdict.h"

namespace bulkhead::decide {

// One parsed file of input.files.
struct FileDocument {
  std::string path;
  std::string kind;      // "dockerfile", "kubernetes", "yaml", "json", ...
  std::string document;  // JSON text
  uint32_t line = 0;     // where the document begins in the file; 0 unknown
};

struct DocumentFacts {
  model::Stage stage = model::Stage::kBuild;
  base::UnixTime at = 0;                      // the time to judge for
  const model::ScanReport* report = nullptr;  // null: nothing was scanned
  std::vector<std::string> scanners;          // that ran: "packages", "vuln"
  std::string reference;  // full name of the image in a registry; "" when it has none
  std::vector<FileDocument> files;
  bool files_known = false;  // whether somebody looked for files at all
};

// Canonical JSON: members in a fixed order, no white space; the same facts give the same bytes.
std::string policy_document(const DocumentFacts& facts);

}  // namespace bulkhead::decide
