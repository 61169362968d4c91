// SPDX-License-Identifier: Apache-2.0
// Decisions kept for later: {"id", "verdict", "input"} in one file each, named after the verdict
// (docs/formats/verdict.md). `policy explain` reads them, `policy diff --replay` judges them again.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/fs.h"
#include "base/result.h"
#include "model/verdict.h"

namespace bulkhead::cli {

// Opened before the fork, written by the confined process, put into place by the parent.
class DecisionFile {
 public:
  static base::Result<DecisionFile> open(const std::string& directory);
  DecisionFile(DecisionFile&& other) noexcept { swap(other); }
  DecisionFile& operator=(DecisionFile&& other) noexcept {
    swap(other);
    return *this;
  }
  ~DecisionFile();

  base::Status write(const model::Verdict& verdict, std::string_view document) const;
  // Renames the file to <hex of the verdict's id>.json; nothing when none was written.
  base::Status commit();

 private:
  DecisionFile() = default;
  void swap(DecisionFile& other) noexcept {
    directory_.swap(other.directory_);
    temporary_.swap(other.temporary_);
    std::swap(fd_, other.fd_);
  }
  std::string directory_;
  std::string temporary_;
  base::Fd fd_;
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
