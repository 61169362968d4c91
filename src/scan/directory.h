// SPDX-License-Identifier: Apache-2.0
// A directory as a tree: `dir:PATH` (also "/") and `repo:PATH`.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/fs.h"
#include "base/result.h"
#include "scan/facts.h"

namespace bulkhead::scan {

struct DirectoryJob {
  catalog::TreeKind kind = catalog::TreeKind::kInstalled;
  std::vector<std::string> skip;  // globs of directories not entered, relative to the root
  std::function<void(uint64_t entries)> progress;
};

// Walks everything below root without following symlinks. Kernel file systems (proc, sysfs, cgroup
// and the like) are not entered. What cannot be opened is a diagnostic.
base::Result<TreeFacts> read_directory(const base::Fd& root, const DirectoryJob& job,
                                       const PathKey& key, Spill& spill);

}  // namespace bulkhead::scan
