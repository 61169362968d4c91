// SPDX-License-Identifier: Apache-2.0
// Walks the tree of a commit in the object store. Internal to this room.
#pragma once

#include <functional>
#include <string>

#include "base/diagnostics.h"
#include "base/result.h"
#include "gitsync/gitsync.h"
#include "gitsync/object.h"
#include "gitsync/object_store.h"

namespace bulkhead::gitsync {

// The id of the directory at a path below a tree. kNotFound, also when it is no directory.
base::Result<std::string> find_directory(const ObjectStore& store, const std::string& tree,
                                         const std::string& path, const Limits& limits);

// Every entry below a tree, directories before what is in them; paths are relative to it. Names
// are not judged here. kLimit for more than max_files entries or max_depth levels.
using Visit = std::function<base::Status(const std::string& path, const TreeEntry& entry)>;
base::Status walk_tree(const ObjectStore& store, const std::string& tree, const Limits& limits,
                       const Visit& visit);

// The files below a tree with their content, as read_tree() promises them.
base::Result<Tree> read_files(const ObjectStore& store, const std::string& tree,
                              const Limits& limits);

}  // namespace bulkhead::gitsync
