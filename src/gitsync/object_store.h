// SPDX-License-Identifier: Apache-2.0
// ObjectStore: reads the objects of one generation of the cache; IndexedPack makes one. Internal to
// this room.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "gitsync/deadline.h"
#include "gitsync/gitsync.h"
#include "gitsync/libgit2.h"

namespace bulkhead::gitsync {

enum class ObjectType { kCommit, kTree, kBlob, kTag };

struct Object {
  ObjectType type = ObjectType::kBlob;
  std::string bytes;
};

class ObjectStore {
 public:
  // The objects directory of a repository.
  static base::Result<ObjectStore> open(const std::string& objects_directory);

  bool has(const std::string& id) const;
  // The content is checked against the id. kNotFound; kLimit for more than max_bytes (nothing is
  // inflated then); kCorrupt.
  base::Result<Object> read(const std::string& id, uint64_t max_bytes) const;
  // read() of something that must be of that type.
  base::Result<std::string> read_as(ObjectType type, const std::string& id,
                                    uint64_t max_bytes) const;
  // A repository of libgit2's that is these objects and nothing else.
  base::Result<GitOwned<git_repository>> wrap() const;
  // Size of the content without reading it.
  base::Result<uint64_t> size(const std::string& id) const;

 private:
  ObjectStore(const LibGit2& git, git_odb* database)
      : git_(&git), database_(database, git.git_odb_free) {}

  const LibGit2* git_;
  GitOwned<git_odb> database_;
};

// Checks a pack against the limits (see pack.h) and indexes it into objects_directory/pack, which
// is made. The pack file stays where it is.
base::Status index_pack(const std::string& pack_file, const std::string& objects_directory,
                        const Limits& limits, const Deadline& deadline);

base::Result<git_oid> parse_oid(const LibGit2& git, const std::string& id);

}  // namespace bulkhead::gitsync
