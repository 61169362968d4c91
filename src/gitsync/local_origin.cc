// SPDX-License-Identifier: Apache-2.0
// A repository in a directory of this machine, with or without files checked out. Its refs and
// objects are read; what is needed is packed, so that it passes the same checks as what a server
// sends.
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "base/fs.h"
#include "base/text.h"
#include "gitsync/history.h"
#include "gitsync/local_repository.h"
#include "gitsync/object.h"
#include "gitsync/object_store.h"
#include "gitsync/origin.h"
#include "gitsync/tree_walk.h"

namespace bulkhead::gitsync {
namespace {

using base::Code;
using base::Error;
using base::Result;
using base::Status;

class LocalOrigin final : public Origin {
 public:
  LocalOrigin(const LibGit2& git, LocalRepository repository, ObjectStore store,
              const Limits& limits, const Deadline& deadline)
      : git_(git),
        repository_(std::move(repository)),
        store_(std::move(store)),
        limits_(limits),
        deadline_(deadline) {}

  Result<std::string> resolve(const std::string& ref) override {
    if (is_object_id(ref)) {
      if (!store_.has(ref)) return Error(Code::kNotFound, "there is no commit " + ref);
      return ref;
    }
    std::vector<std::optional<std::string>> found;
    for (const std::string& name : candidates(ref)) {
      found.push_back(TRY(repository_.lookup(name)));
    }
    return choose(ref, found);
  }

  Status fetch(const std::string& id, const std::string& pack_file) override {
    // The builder wants a repository; this one is the objects and nothing else.
    auto repository = TRY(store_.wrap());
    git_packbuilder* raw = nullptr;
    if (git_.git_packbuilder_new(&raw, repository.get()) != 0) {
      return git_.error(Code::kIo, "pack the repository");
    }
    GitOwned<git_packbuilder> builder(raw, git_.git_packbuilder_free);
    git_.git_packbuilder_set_threads(raw, 1);
    std::string here = id;
    for (int tags = 0;; ++tags) {
      Object object = TRY(store_.read(here, kMaxCommitBytes));
      TRY(insert(raw, here));
      if (object.type == ObjectType::kTag && tags < kMaxTags) {
        here = TRY(parse_tag(object.bytes)).target;
        continue;
      }
      if (object.type != ObjectType::kCommit) break;  // judged by who reads the pack
      TRY(insert_tree(raw, TRY(parse_commit(object.bytes)).tree));
      break;
    }
    return write(raw, pack_file);
  }

  Result<bool> descends(const std::string&, const std::string& commit, const std::string& ancestor,
                        const std::string&) override {
    return reaches(store_, commit, ancestor, deadline_);
  }

 private:
  Status insert(git_packbuilder* builder, const std::string& id) {
    uint64_t bytes = TRY(store_.size(id));
    if (bytes > limits_.max_object_bytes) {
      return Error(Code::kLimit, "an object of " + std::to_string(bytes) +
                                     " bytes, more than the limit of " +
                                     std::to_string(limits_.max_object_bytes));
    }
    git_oid oid = TRY(parse_oid(git_, id));
    if (git_.git_packbuilder_insert(builder, &oid, nullptr) != 0) {
      return git_.error(Code::kIo, "pack object " + id);
    }
    return {};
  }

  Status insert_tree(git_packbuilder* builder, const std::string& tree) {
    TRY(insert(builder, tree));
    Limits bounds = limits_;  // of a repository, not of the files read from it
    bounds.max_files = limits_.max_objects;
    bounds.max_depth = std::max(limits_.max_depth, 256u);
    return walk_tree(store_, tree, bounds,
                     [&](const std::string&, const TreeEntry& entry) -> Status {
                       TRY(deadline_.check());
                       bool held = entry.kind != TreeEntry::Kind::kSubmodule;
                       return held ? insert(builder, entry.id) : Status();
                     });
  }

  struct Writer {
    base::Fd file;
    uint64_t left = 0;
    const Deadline& deadline;
    Status status;
  };
  static int write_piece(void* bytes, size_t size, void* payload) {
    auto& writer = *static_cast<Writer*>(payload);
    writer.status = writer.deadline.check();
    if (size > writer.left) writer.status = Error(Code::kLimit, "the pack is larger than allowed");
    if (writer.status) {
      writer.left -= size;
      writer.status = base::write_all(
          writer.file, std::as_bytes(std::span(static_cast<const char*>(bytes), size)));
    }
    return writer.status ? 0 : GIT_EUSER;
  }

  Status write(git_packbuilder* builder, const std::string& pack_file) {
    Writer writer{
        base::Fd(::open(pack_file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)),
        limits_.max_pack_bytes,
        deadline_,
        {}};
    if (!writer.file.valid()) return base::errno_error("make", pack_file);
    int failed = git_.git_packbuilder_foreach(builder, write_piece, &writer);
    TRY(std::move(writer.status));
    if (failed != 0) return git_.error(Code::kIo, "pack the repository");
    return {};
  }

  const LibGit2& git_;
  LocalRepository repository_;
  ObjectStore store_;
  const Limits& limits_;
  const Deadline& deadline_;
};

}  // namespace

Result<std::unique_ptr<Origin>> open_local(const Location& location, const Limits& limits,
                                           const Deadline& deadline) {
  const LibGit2* git = TRY(libgit2());
  auto repository = TRY(LocalRepository::open(location.path));
  auto store = TRY(ObjectStore::open(repository.objects_directory()));
  return std::unique_ptr<Origin>(std::make_unique<LocalOrigin>(*git, std::move(repository),
                                                               std::move(store), limits, deadline));
}

}  // namespace bulkhead::gitsync
