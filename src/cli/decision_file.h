// SPDX-License-Identifier: Apache-2.0
// Decisions kept for later: {"id", "verdict", "input"} in one file each, named after the verdict
// (docs/formats/verdict.md). `policy explain` reads them, `policy diff --replay` judges them again.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/fs.h"
#include "base/new_file.h"
#include "base/result.h"
#include "model/verdict.h"

namespace bulkhead::cli {

// Opened before the fork, written by the confined process, put into place by the parent.
class DecisionFile {
 public:
  static base::Result<DecisionFile> open(const std::string& directory);

  base::Status write(const model::Verdict& verdict, std::string_view document) const;
  // Names the file <hex of the verdict's id>.json; nothing when none was written.
  base::Status commit();

 private:
  DecisionFile() = default;

  std::string directory_;
  base::NewFile file_;
};

struct KeptDecision {
  std::string path;
  model::Verdict verdict;
  std::string input;  // JSON
};

// Bytes of a kept decision, not parsed yet.
struct DecisionText {
  std::string path, text;
};
base::Result<DecisionText> read_decision(const std::string& path);
// kInvalid; kCorrupt: the digest of the input is not the verdict's.
base::Result<KeptDecision> parse_decision(const DecisionText& kept);
// All of a directory, sorted by name.
base::Result<std::vector<std::string>> decision_files(const std::string& directory);

}  // namespace bulkhead::cli
