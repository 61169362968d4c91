// SPDX-License-Identifier: Apache-2.0
// A Store as files of one private directory.
#pragma once

#include <string>

#include "base/fs.h"
#include "scan/cache/cache.h"

namespace bulkhead::scan {

class FileStore final : public Store {
 public:
  // Creates the directory (0700). kIo or kDenied when that is impossible.
  static base::Result<FileStore> open(const std::string& directory);

  std::optional<base::Mapping> get(const std::string& name) override;
  base::Status put(const std::string& name, std::string_view bytes) override;

  // The same, for a process that hands descriptors to another one.
  base::Result<base::Fd> open_entry(const std::string& name) const;
  base::Status put_from(const std::string& name, const base::Fd& content) const;
  // Removes the entries used least recently until at most max_bytes are left.
  void prune(uint64_t max_bytes) const;
  const std::string& directory() const { return directory_; }

 private:
  explicit FileStore(std::string directory) : directory_(std::move(directory)) {}
  std::string directory_;
};

// [a-z0-9.-]+, at most 200 bytes, not starting with a dot.
bool valid_store_name(std::string_view name);

}  // namespace bulkhead::scan
