// SPDX-License-Identifier: Apache-2.0
// The story of a pull: ask what the ref names; if that is new, take it into an incoming directory,
// judge it there, see that it descends from what is in force, ask the caller, and only then put it
// in force.
#include <algorithm>
#include <filesystem>
#include <utility>

#include "base/fs.h"
#include "base/text.h"
#include "gitsync/cache.h"
#include "gitsync/gitsync.h"
#include "gitsync/object.h"
#include "gitsync/object_store.h"
#include "gitsync/origin.h"
#include "gitsync/signers/signature.h"
#include "gitsync/tree_walk.h"

namespace bulkhead::gitsync {
namespace {

using base::Code;
using base::Error;
using base::Result;
using base::Status;
using base::UnixTime;

// A Remote that was found sound.
struct Checked {
  Location location;
  Signers signers;
};

Result<Checked> check(const Remote& remote) {
  TRY(check_ref(remote.ref));
  TRY(check_subdirectory(remote.subdirectory));
  Checked out;
  out.location = TRY(parse_location(remote));
  out.signers = TRY(Signers::from(remote));
  return out;
}

Result<std::unique_ptr<Origin>> open_origin(const Checked& checked, const Remote& remote,
                                            const Limits& limits, Environment environment,
                                            const Deadline& deadline) {
  if (checked.location.kind == Location::Kind::kPath) {
    return open_local(checked.location, limits, deadline);
  }
  return open_server(checked.location, remote, limits, environment, deadline);
}

// The time that a commit or tag claims, and the time it was first seen here.
std::vector<UnixTime> times_to_judge(const Remote& remote, UnixTime claimed, UnixTime seen) {
  if (remote.trust_commit_time) return {claimed};
  return {claimed, seen};
}

// The outermost tag names the commit; inner ones are only followed.
struct Peeled {
  std::string commit;
  std::optional<TagObject> tag;
};

Result<Peeled> peel(const ObjectStore& store, const std::string& tip) {
  Peeled out{tip, std::nullopt};
  for (int tags = 0; tags < kMaxTags; ++tags) {
    Object object = TRY(store.read(out.commit, kMaxCommitBytes));
    if (object.type == ObjectType::kCommit) return out;
    if (object.type != ObjectType::kTag) {
      return Error(Code::kInvalid, "the ref names neither a commit nor a tag of one");
    }
    TagObject tag = TRY_AT("tag " + out.commit, parse_tag(object.bytes));
    out.commit = tag.target;
    if (!out.tag) out.tag = std::move(tag);
  }
  return Error(Code::kLimit, "a tag of a tag of a tag and so on");
}

Signature judge_tag(const TagObject& tag, const Remote& remote, const Signers& signers,
                    const std::vector<UnixTime>& times, const Deadline& deadline) {
  Signature out = judge_signature(tag.signature, tag.payload, signers, times, deadline);
  // Signed tags of other names must not pass for this one.
  std::string_view wanted = remote.ref;
  if (wanted.starts_with("refs/tags/")) wanted.remove_prefix(10);
  bool named = !is_object_id(wanted);
  if (out.state == SignatureState::kVerified && named && tag.name != wanted) {
    out.state = SignatureState::kBad;
    out.reason = "the signed tag is \"" + base::printable(tag.name, 100) +
                 "\" and was found as \"" + base::printable(wanted, 100) + "\"";
  }
  return out;
}

// What there is to say about a commit in a store.
Result<Commit> describe(const ObjectStore& store, const std::string& tip, UnixTime first_seen,
                        const Remote& remote, const Signers& signers, const Deadline& deadline) {
  Peeled peeled = TRY(peel(store, tip));
  std::string bytes = TRY(store.read_as(ObjectType::kCommit, peeled.commit, kMaxCommitBytes));
  CommitObject object = TRY_AT("commit " + peeled.commit, parse_commit(bytes));
  Commit out;
  out.id = peeled.commit;
  out.tip = tip;
  out.tree = object.tree;
  out.author = object.author;
  out.committer = object.committer;
  std::string_view subject = object.message;
  out.subject = base::printable(base::trim(subject.substr(0, subject.find('\n'))), 200);
  out.claims = parse_claims(object.message);
  out.first_seen = first_seen;
  auto times = times_to_judge(remote, object.committer.time, first_seen);
  out.signature = judge_signature(object.signature, object.payload, signers, times, deadline);
  if (peeled.tag) {
    out.tag = base::printable(peeled.tag->name, 200);
    times = times_to_judge(remote, peeled.tag->time.value_or(object.committer.time), first_seen);
    out.tag_signature = judge_tag(*peeled.tag, remote, signers, times, deadline);
  }
  return out;
}

Status require_signature(const Commit& commit, const Remote& remote) {
  if (!remote.require_signed) return {};
  std::string where = "commit " + commit.id + " is refused: ";
  // A broken signature is never made good by another one.
  if (commit.tag_signature.state == SignatureState::kBad) {
    return Error(Code::kDenied, where + "its tag: " + commit.tag_signature.reason);
  }
  if (commit.signature.state == SignatureState::kBad) {
    return Error(Code::kDenied, where + commit.signature.reason);
  }
  if (commit.decisive().state == SignatureState::kVerified) return {};
  std::string reason = commit.signature.reason;
  if (!commit.tag.empty()) reason += "; its tag: " + commit.tag_signature.reason;
  return Error(Code::kDenied, where + reason);
}

// Reads everything once, so that what comes into force can be read, and asks the caller.
Status check_content(const ObjectStore& store, const Commit& commit, const Remote& remote,
                     const Limits& limits, const Approve& approve) {
  std::string where = "commit " + commit.id;
  std::string directory =
      TRY_AT(where, find_directory(store, commit.tree, remote.subdirectory, limits));
  Tree tree = TRY_AT(where, read_files(store, directory, limits));
  return approve ? approve(commit, tree) : Status();
}

struct Pull {
  const Remote& remote;
  const Limits& limits;
  Environment environment;
  const Deadline& deadline;
  const Checked& checked;
  const Cache& cache;
  const Approve& approve;
  std::optional<InForce> before;

  Result<Commit> run();
  Result<Commit> take(Origin& origin, const std::string& tip);
  Result<Movement> movement(Origin& origin, const Commit& commit, const std::string& incoming);
};

Result<Movement> Pull::movement(Origin& origin, const Commit& commit, const std::string& incoming) {
  if (!before) return Movement::kFirst;
  if (before->commit == commit.id) return Movement::kSame;
  std::string scratch = incoming + "/history";
  TRY(base::make_directories(scratch));
  auto forward = origin.descends(commit.tip, commit.id, before->commit, scratch);
  std::error_code ignored;  // it would only take room
  std::filesystem::remove_all(scratch, ignored);
  if (forward && *forward) return Movement::kForward;
  if (remote.allow_rewind) return Movement::kRewound;  // also when the way could not be seen
  if (!forward) {
    return std::move(forward).error().context("whether commit " + commit.id + " descends from " +
                                              before->commit);
  }
  return Error(Code::kDenied, "commit " + commit.id + " is refused: it does not descend from " +
                                  before->commit +
                                  ", which is in force; the repository was rewound or rewritten "
                                  "(allow_rewind accepts that)");
}

Result<Commit> Pull::take(Origin& origin, const std::string& tip) {
  std::string incoming = TRY(cache.make_incoming());
  std::string pack = incoming + "/received.pack";
  std::string objects = incoming + "/objects";
  TRY(origin.fetch(tip, pack));
  TRY(index_pack(pack, objects, limits, deadline));
  std::error_code ignored;
  std::filesystem::remove(pack, ignored);
  ObjectStore store = TRY(ObjectStore::open(objects));

  UnixTime now = environment.clock.now();
  Commit commit = TRY(describe(store, tip, now, remote, checked.signers, deadline));
  if (is_object_id(remote.ref) && commit.id != remote.ref) {
    return Error(Code::kInvalid, "the id that was asked for is no commit");
  }
  TRY(require_signature(commit, remote));
  commit.movement = TRY(movement(origin, commit, incoming));
  if (before) {
    commit.previous = before->commit == commit.id ? before->previous : before->commit;
  }
  TRY(check_content(store, commit, remote, limits, approve));
  TRY(cache.publish({commit.id, tip, commit.previous, now}));
  return commit;
}

Result<Commit> Pull::run() {
  auto origin = TRY(open_origin(checked, remote, limits, environment, deadline));
  std::string tip = TRY(origin->resolve(remote.ref));
  if (before && before->tip == tip) {
    auto objects = cache.objects_of(before->commit);
    auto store = objects ? ObjectStore::open(*objects) : Result<ObjectStore>(objects.error());
    if (store && store->has(before->commit)) {
      Commit commit =
          TRY(describe(*store, tip, before->first_seen, remote, checked.signers, deadline));
      TRY(require_signature(commit, remote));
      commit.previous = before->previous;
      TRY(check_content(*store, commit, remote, limits, approve));
      return commit;
    }
    // The cache was damaged: take it again.
  }
  auto taken = take(*origin, tip);
  if (!taken) cache.discard_incoming();
  return taken;
}

}  // namespace

Result<Commit> pull(const Remote& remote, const std::string& cache, const Limits& limits,
                    Environment environment, const Approve& approve) {
  Deadline deadline(limits.timeout_ms);
  Checked checked = TRY(check(remote));
  std::string where = checked.location.display();
  Cache place(cache, checked.location, remote.ref);
  base::Fd lock = TRY(place.lock(deadline));
  std::optional<InForce> before;
  auto record = place.in_force();
  if (record) before = *record;
  if (!record && record.error().code() != Code::kNotFound) return std::move(record).error();
  Pull work{remote, limits, environment, deadline, checked, place, approve, before};
  return work.run().context(where);
}

Result<Commit> in_force(const Remote& remote, const std::string& cache, const Limits& limits) {
  Deadline deadline(limits.timeout_ms);
  Checked checked = TRY(check(remote));
  Cache place(cache, checked.location, remote.ref);
  InForce record = TRY(place.in_force());
  ObjectStore store = TRY(ObjectStore::open(TRY(place.objects_of(record.commit))));
  Commit commit = TRY_AT(checked.location.display(), describe(store, record.tip, record.first_seen,
                                                              remote, checked.signers, deadline));
  TRY(require_signature(commit, remote).context(checked.location.display()));
  commit.previous = record.previous;
  return commit;
}

Result<std::string> remote_tip(const Remote& remote, const Limits& limits,
                               Environment environment) {
  Deadline deadline(limits.timeout_ms);
  Checked checked = TRY(check(remote));
  std::string where = checked.location.display();
  auto origin = TRY_AT(where, open_origin(checked, remote, limits, environment, deadline));
  return origin->resolve(remote.ref).context(where);
}

Result<Tree> read_tree(const Remote& remote, const std::string& cache, const std::string& commit,
                       const Limits& limits) {
  Checked checked = TRY(check(remote));
  Cache place(cache, checked.location, remote.ref);
  ObjectStore store = TRY(ObjectStore::open(TRY(place.objects_of(commit))));
  std::string bytes = TRY(store.read_as(ObjectType::kCommit, commit, kMaxCommitBytes));
  CommitObject object = TRY(parse_commit(bytes));
  std::string directory = TRY(find_directory(store, object.tree, remote.subdirectory, limits));
  return read_files(store, directory, limits).context("commit " + commit);
}

}  // namespace bulkhead::gitsync
