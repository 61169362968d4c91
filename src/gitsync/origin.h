// SPDX-License-Identifier: Apache-2.0
// Origin: where commits come from, a server or a directory of this machine. Internal to this room.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "gitsync/deadline.h"
#include "gitsync/gitsync.h"
#include "gitsync/location.h"

namespace bulkhead::gitsync {

class Origin {
 public:
  virtual ~Origin() = default;
  // What the ref names: a commit or an annotated tag.
  virtual base::Result<std::string> resolve(const std::string& ref) = 0;
  // Writes a pack with that object and all that its commit's files need, without history.
  virtual base::Status fetch(const std::string& id, const std::string& pack_file) = 0;
  // Whether the commit that the ref's tip is, or that it is a tag of, descends from another one.
  // scratch is an empty directory to work in.
  virtual base::Result<bool> descends(const std::string& tip, const std::string& commit,
                                      const std::string& ancestor, const std::string& scratch) = 0;
};

// Everything given must outlive the origin.
base::Result<std::unique_ptr<Origin>> open_server(const Location& location, const Remote& remote,
                                                  const Limits& limits, Environment environment,
                                                  const Deadline& deadline);
base::Result<std::unique_ptr<Origin>> open_local(const Location& location, const Limits& limits,
                                                 const Deadline& deadline);

// The full names that a ref may stand for: itself when it begins with "refs/", HEAD when it is "",
// else a branch and a tag.
std::vector<std::string> candidates(const std::string& ref);
// kNotFound and kInvalid (branch and tag of one name) for what lookups of the candidates gave.
base::Result<std::string> choose(const std::string& ref,
                                 const std::vector<std::optional<std::string>>& found);

}  // namespace bulkhead::gitsync
