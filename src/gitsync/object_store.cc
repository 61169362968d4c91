// SPDX-License-Identifier: Apache-2.0
// Reading and indexing over libgit2, whose SHA-1 detects the known collision attacks.
#include "gitsync/object_store.h"

#include <algorithm>

#include "base/fs.h"
#include "gitsync/location.h"
#include "gitsync/pack.h"

namespace bulkhead::gitsync {
namespace {

using base::Code;
using base::Error;
using base::Result;
using base::Status;

std::string_view type_name(ObjectType type) {
  switch (type) {
    case ObjectType::kCommit: return "commit";
    case ObjectType::kTree: return "tree";
    case ObjectType::kBlob: return "file";
    case ObjectType::kTag: return "tag";
  }
  return "object";
}

Result<ObjectType> from_libgit2(git_object_t type) {
  switch (type) {
    case GIT_OBJECT_COMMIT: return ObjectType::kCommit;
    case GIT_OBJECT_TREE: return ObjectType::kTree;
    case GIT_OBJECT_BLOB: return ObjectType::kBlob;
    case GIT_OBJECT_TAG: return ObjectType::kTag;
    default: return Error(Code::kCorrupt, "object of an unknown type");
  }
}

int stop_when_late(const git_indexer_progress*, void* payload) {
  return static_cast<const Deadline*>(payload)->passed() ? GIT_EUSER : 0;
}

}  // namespace

Result<git_oid> parse_oid(const LibGit2& git, const std::string& id) {
  git_oid out{};
  if (!is_object_id(id) || git.git_oid_fromstrn(&out, id.data(), id.size()) != 0) {
    return Error(Code::kInvalid, "not an object id");
  }
  return out;
}

Result<ObjectStore> ObjectStore::open(const std::string& objects_directory) {
  const LibGit2* git = TRY(libgit2());
  git_odb* database = nullptr;
  if (git->git_odb_open(&database, objects_directory.c_str()) != 0) {
    return git->error(Code::kIo, objects_directory);
  }
  return ObjectStore(*git, database);
}

Result<GitOwned<git_repository>> ObjectStore::wrap() const {
  git_repository* repository = nullptr;
  if (git_->git_repository_wrap_odb(&repository, database_.get()) != 0) {
    return git_->error(Code::kInternal, "wrap the objects");
  }
  return GitOwned<git_repository>(repository, git_->git_repository_free);
}

bool ObjectStore::has(const std::string& id) const {
  auto oid = parse_oid(*git_, id);
  return oid && git_->git_odb_exists(database_.get(), &*oid) == 1;
}

Result<uint64_t> ObjectStore::size(const std::string& id) const {
  git_oid oid = TRY(parse_oid(*git_, id));
  size_t bytes = 0;
  git_object_t type = GIT_OBJECT_INVALID;
  int failed = git_->git_odb_read_header(&bytes, &type, database_.get(), &oid);
  if (failed == GIT_ENOTFOUND) return Error(Code::kNotFound, "object " + id + " is missing");
  if (failed != 0) return git_->error(Code::kCorrupt, "object " + id);
  return bytes;
}

Result<Object> ObjectStore::read(const std::string& id, uint64_t max_bytes) const {
  uint64_t bytes = TRY(size(id));
  if (bytes > max_bytes) {
    return Error(Code::kLimit, "object " + id + " has " + std::to_string(bytes) +
                                   " bytes, more than the limit of " + std::to_string(max_bytes));
  }
  git_oid oid = TRY(parse_oid(*git_, id));
  git_odb_object* raw = nullptr;
  if (git_->git_odb_read(&raw, database_.get(), &oid) != 0) {
    return git_->error(Code::kCorrupt, "object " + id);
  }
  GitOwned<git_odb_object> object(raw, git_->git_odb_object_free);
  Object out;
  out.type = TRY(from_libgit2(git_->git_odb_object_type(raw)));
  out.bytes.assign(static_cast<const char*>(git_->git_odb_object_data(raw)),
                   git_->git_odb_object_size(raw));
  return out;
}

Result<std::string> ObjectStore::read_as(ObjectType type, const std::string& id,
                                         uint64_t max_bytes) const {
  Object object = TRY(read(id, max_bytes));
  if (object.type != type) {
    return Error(Code::kInvalid, "object " + id + " is a " + std::string(type_name(object.type)) +
                                     " where a " + std::string(type_name(type)) + " is expected");
  }
  return std::move(object.bytes);
}

Status index_pack(const std::string& pack_file, const std::string& objects_directory,
                  const Limits& limits, const Deadline& deadline) {
  const LibGit2* git = TRY(libgit2());
  base::Fd file = TRY(base::open_read(pack_file));
  base::Mapping mapping = TRY(base::Mapping::open(file));
  TRY_AT("pack", check_pack(mapping.bytes(), limits, deadline));

  std::string directory = objects_directory + "/pack";
  TRY(base::make_directories(directory));
  git_indexer_options options = GIT_INDEXER_OPTIONS_INIT;
  options.progress_cb = stop_when_late;
  options.progress_cb_payload = const_cast<Deadline*>(&deadline);
  git_indexer* raw = nullptr;
  if (git->git_indexer_new(&raw, directory.c_str(), 0400, nullptr, &options) != 0) {
    return git->error(Code::kIo, "index the pack");
  }
  GitOwned<git_indexer> indexer(raw, git->git_indexer_free);
  git_indexer_progress progress{};
  constexpr size_t kPiece = 1 << 20;
  for (base::ByteView rest = mapping.bytes(); !rest.empty();) {
    base::ByteView piece = rest.first(std::min(rest.size(), kPiece));
    if (git->git_indexer_append(raw, piece.data(), piece.size(), &progress) != 0) {
      TRY(deadline.check());
      return git->error(Code::kCorrupt, "pack");
    }
    rest = rest.subspan(piece.size());
  }
  if (git->git_indexer_commit(raw, &progress) != 0) {
    TRY(deadline.check());
    return git->error(Code::kCorrupt, "pack");
  }
  return {};
}

}  // namespace bulkhead::gitsync
