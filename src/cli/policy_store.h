// SPDX-License-Identifier: Apache-2.0
// A folder in which `policy pull` keeps a policy: one folder a commit, and a link to the one in
// force, which is replaced in one step (docs/formats/policy-store.md).
//
//   commits/<commit>/...    the files as they stand in the repository; <commit>-2 and so on when it
//                           comes into force once more, as another folder of it or by another key
//   commits/<commit>.json   where they came from, and the digest of those that make the policy
//   current                 symbolic link to the one in force
//   status.json             what the last pull did
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "cli/policy_source.h"

namespace bulkhead::cli {

class PolicyStore {
 public:
  // Makes the folder, or what is missing of it. kInvalid when it holds other things than a policy
  // that was pulled.
  static base::Result<PolicyStore> open(const std::string& directory);
  // What is in force there; nullopt when the directory is no such folder. kNotFound: it is one, but
  // nothing is in force yet, with what the last pull said. kCorrupt: its files are not those that
  // were pulled.
  static base::Result<std::optional<PolicySource>> read(const std::string& directory,
                                                        PolicyFiles which = PolicyFiles::kOfPolicy);

  // Commit in force, "" when there is none yet.
  base::Result<std::string> current() const;
  // Whether what is in force is this: from there, by them, with that signature, and unchanged.
  bool holds(const model::PolicyIdentity& identity) const;
  // Writes the files and puts them in force; readers see the old policy or the new one, whole.
  base::Status put(const PolicySource& source) const;
  // error: "" when the last pull went well.
  base::Status write_status(const model::PolicyIdentity& in_force, base::UnixTime at,
                            std::string_view error) const;
  // After a first pull that failed: takes away what was made since open(), unless something was
  // there before. Whether it did.
  bool abandon() const;

 private:
  PolicyStore(std::string directory, std::vector<std::string> made, bool fresh)
      : directory_(std::move(directory)), made_(std::move(made)), fresh_(fresh) {}
  void prune(std::string_view keep) const;
  std::string directory_;
  std::vector<std::string> made_;  // folders that open() made to get there, innermost first
  bool fresh_;                     // nothing was in it
};

}  // namespace bulkhead::cli
