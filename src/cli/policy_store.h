// SPDX-License-Identifier: Apache-2.0
// A folder in which `policy pull` keeps a policy: one folder a commit, and a link to the one in
// force, which is replaced in one step (docs/formats/policy-store.md).
//
//   commits/<commit>/...    the files as they stand in the repository
//   commits/<commit>.json   where they came from
//   current                 symbolic link to commits/<commit>
//   status.json             what the last pull did
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "cli/policy_source.h"

namespace bulkhead::cli {

class PolicyStore {
 public:
  // Makes the folder. kInvalid when it holds other things than a policy that was pulled.
  static base::Result<PolicyStore> open(const std::string& directory);
  // What is in force there; nullopt when the directory is no such folder.
  static base::Result<std::optional<PolicySource>> read(const std::string& directory,
                                                        PolicyFiles which = PolicyFiles::kOfPolicy);

  // Commit in force, "" when there is none yet.
  base::Result<std::string> current() const;
  // Writes the files and puts them in force; readers see the old policy or the new one, whole.
  base::Status put(const PolicySource& source) const;
  // error: "" when the last pull went well.
  base::Status write_status(const model::PolicyIdentity& in_force, base::UnixTime at,
                            std::string_view error) const;

 private:
  explicit PolicyStore(std::string directory) : directory_(std::move(directory)) {}
  void prune(std::string_view keep) const;
  std::string directory_;
};

}  // namespace bulkhead::cli
