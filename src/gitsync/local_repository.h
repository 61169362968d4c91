// SPDX-License-Identifier: Apache-2.0
// Where a repository of this machine keeps its objects, and what its refs name
// (gitrepository-layout(5)). Its configuration is not read. Internal to this room.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"

namespace bulkhead::gitsync {

class LocalRepository {
 public:
  // A directory with files checked out, a linked worktree, or a bare repository; never one that
  // only stands somewhere above. kNotFound when it is none.
  static base::Result<LocalRepository> open(const std::string& path);

  std::string objects_directory() const { return common_ + "/objects"; }
  // The id of a full ref name, symbolic refs followed; nullopt when there is no such ref or it is
  // a branch without a commit. kUnsupported in a SHA-256 repository.
  base::Result<std::optional<std::string>> lookup(const std::string& name) const;

 private:
  LocalRepository(std::string own, std::string common)
      : own_(std::move(own)), common_(std::move(common)) {}
  base::Result<std::optional<std::string>> read_ref(const std::string& name) const;
  base::Result<std::optional<std::string>> read_packed(const std::string& name) const;

  std::string own_;     // HEAD is here
  std::string common_;  // and all else here; the same but for linked worktrees
};

}  // namespace bulkhead::gitsync
