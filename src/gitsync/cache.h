// SPDX-License-Identifier: Apache-2.0
// The cache directory: what is in force of which remote (docs/formats/gitsync.md). Internal to this
// room.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "base/fs.h"
#include "base/result.h"
#include "gitsync/deadline.h"
#include "gitsync/gitsync.h"
#include "gitsync/location.h"

namespace bulkhead::gitsync {

// What "current" says.
struct InForce {
  std::string commit;
  std::string tip;  // of the ref: the commit or an annotated tag
  std::string previous;
  base::UnixTime first_seen = 0;
};

class Cache {
 public:
  // The part of the cache for one location and ref. Nothing is created.
  Cache(const std::string& cache, const Location& location, const std::string& ref);

  // kNotFound when nothing is in force; kCorrupt with the way out when the record is damaged.
  base::Result<InForce> in_force() const;
  // The objects directory of a commit that is or was in force.
  base::Result<std::string> objects_of(const std::string& commit) const;
  const std::string& path() const { return path_; }

  // Makes the directories and waits for other pulls to end; the lock is held until the descriptor
  // is closed.
  base::Result<base::Fd> lock(const Deadline& deadline) const;
  // With the lock held. An empty directory for what comes in; what an earlier pull left is removed.
  base::Result<std::string> make_incoming() const;
  // Puts what stands in the incoming directory into force, then removes what is older than the
  // commit that was in force before.
  base::Status publish(const InForce& next) const;
  void discard_incoming() const;

 private:
  std::string generation(const std::string& commit, const std::string& tip) const;
  void prune(const InForce& keep) const;

  std::string root_;
  std::string path_;
  std::string display_;
  std::string ref_;
};

}  // namespace bulkhead::gitsync
