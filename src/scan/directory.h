// SPDX-License-Identifier: Apache-2.0
// A directory as a tree: `dir:PATH` (also "/") and `repo:PATH`.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fs.h"
#include "base/result.h"
#include "scan/facts.h"

namespace bulkhead::scan {

// Somebody besides the catalogers who reads files of the tree.
struct FileReader {
  uint64_t max_bytes = 0;  // larger files are a diagnostic
  std::function<bool(std::string_view path)> wants;
  std::function<void(const std::string& path, std::string_view text)> read;
};

struct DirectoryJob {
  catalog::TreeKind kind = catalog::TreeKind::kInstalled;
  std::vector<std::string> skip;  // globs of directories not entered, relative to the root
  std::function<void(uint64_t entries)> progress;
  const FileReader* reader = nullptr;  // may be null
  // Told the path of every regular file of the walk; may be empty.
  std::function<void(std::string_view path)> passed;
};

// Walks everything below root without following symbolic links, which are noted. Kernel file
// systems (proc, sysfs, cgroup and the like) are not entered. What cannot be opened is a
// diagnostic.
base::Result<TreeFacts> read_directory(const base::Fd& root, const DirectoryJob& job,
                                       const PathKey& key, Spill& spill);

// What links of that tree lead to, as far as nothing read it under its own name: links/plan.h.
// Never out of the root. What cannot be opened is a diagnostic.
TreeFacts read_linked(const base::Fd& root, const DirectoryJob& job, const TreeFacts& tree,
                      const PathKey& key, Spill& spill);

// A tree of one file.
base::Result<TreeFacts> read_single_file(const base::Fd& file, const std::string& name,
                                         const DirectoryJob& job, const PathKey& key, Spill& spill);

}  // namespace bulkhead::scan
