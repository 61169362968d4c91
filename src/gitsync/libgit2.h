// SPDX-License-Identifier: Apache-2.0
// libgit2, opened on first use. Here it keeps and reads objects and indexes packs; it opens no
// connection, runs no filter or hook, and is told to read no configuration of user or system.
// Internal to this room.
#pragma once

#include <git2.h>
#include <git2/sys/repository.h>

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace bulkhead::gitsync {

#define BULKHEAD_LIBGIT2_FUNCTIONS(X) \
  X(git_libgit2_init)                 \
  X(git_libgit2_opts)                 \
  X(git_error_last)                   \
  X(git_oid_fromstrn)                 \
  X(git_odb_open)                     \
  X(git_odb_free)                     \
  X(git_odb_read)                     \
  X(git_odb_read_header)              \
  X(git_odb_exists)                   \
  X(git_odb_object_free)              \
  X(git_odb_object_data)              \
  X(git_odb_object_size)              \
  X(git_odb_object_type)              \
  X(git_indexer_new)                  \
  X(git_indexer_append)               \
  X(git_indexer_commit)               \
  X(git_indexer_free)                 \
  X(git_repository_wrap_odb)          \
  X(git_repository_free)              \
  X(git_packbuilder_new)              \
  X(git_packbuilder_insert)           \
  X(git_packbuilder_set_threads)      \
  X(git_packbuilder_foreach)          \
  X(git_packbuilder_free)

struct LibGit2 {
#define BULKHEAD_DECLARE(name) decltype(&::name) name = nullptr;
  BULKHEAD_LIBGIT2_FUNCTIONS(BULKHEAD_DECLARE)
#undef BULKHEAD_DECLARE

  // What the library says about the last failure of this thread, behind what was being done.
  base::Error error(base::Code code, std::string_view doing) const;
};

// Loaded and set up once for the process; kUnsupported, naming the package, when it is missing.
base::Result<const LibGit2*> libgit2();

// Owners of libgit2's objects: the deleter is a function of the loaded table.
template <typename T>
using GitOwned = std::unique_ptr<T, void (*)(T*)>;

}  // namespace bulkhead::gitsync
