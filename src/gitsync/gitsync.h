// SPDX-License-Identifier: Apache-2.0
// gitsync: pulls repositories (of policies) and tells who signed what is in force.
//
// A pull takes the newest commit of one ref, without its history, into a cache directory of ours,
// checks it, and only then puts it in force. Whatever fails leaves the last good commit in force.
// Nothing is ever checked out: files are read from the object store. No hook, filter, attribute or
// configuration of the repository, the user or the system takes effect, and no shell is used. The
// only program that may be run is gpgv, for OpenPGP signatures.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/diagnostics.h"
#include "base/result.h"
#include "net/http_client.h"

namespace bulkhead::gitsync {

// How to show who we are. Files are read when they are needed; no secret appears in an error.
struct Credentials {
  std::string token_file;    // HTTP: password or token, one line
  std::string user = "git";  // HTTP: goes with the token (most servers take any)
  bool bearer = false;       // HTTP: send "Bearer TOKEN" instead of Basic
  std::string ssh_key_file;  // SSH: private key, OpenSSH or PEM
  std::string ssh_passphrase_file;
  bool ssh_agent = false;        // SSH: ask the agent at SSH_AUTH_SOCK
  std::string known_hosts_file;  // SSH: default ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts
};

struct Remote {
  // https://, http:// (loopback, or insecure), ssh://, user@host:path, file:// or a path.
  std::string url;
  // A branch, a tag, "refs/...", or a full commit id; "" is the remote's HEAD.
  std::string ref;
  std::string subdirectory;  // of the repository; "" is all of it
  Credentials credentials;

  std::string allowed_signers;  // text: who may sign with SSH keys (docs/formats/gitsync.md)
  std::string revoked_keys;     // text: SSH keys that never count, "TYPE BASE64" a line
  std::string openpgp_keyring;  // path: keys for OpenPGP signatures
  bool require_signed = false;  // refuse what is not verified
  // Believe the time that a commit claims: a key that has expired since then still counts, as for
  // git itself. Otherwise the key must be valid when the commit is first seen here, too.
  bool trust_commit_time = false;
  bool allow_rewind = false;  // accept a commit that does not descend from the last good one
  bool insecure = false;      // plain http to hosts other than this one
};

struct Limits {
  uint64_t max_pack_bytes = 256ull << 20;    // what a server may send
  uint64_t max_unpacked_bytes = 1ull << 30;  // all objects of a pack, inflated
  uint64_t max_object_bytes = 64ull << 20;   // one object of a pack
  uint64_t max_objects = 500'000;
  uint64_t max_files = 20'000;  // of a tree that is read
  uint64_t max_file_bytes = 16ull << 20;
  uint64_t max_tree_bytes = 256ull << 20;  // its files together
  uint32_t max_depth = 32;                 // nesting of its directories
  uint32_t timeout_ms = 120'000;           // for a whole pull
};

struct Person {
  std::string name;
  std::string email;
  base::UnixTime time = 0;  // as claimed
};

enum class SignatureKind { kNone, kSsh, kOpenPgp, kX509 };
enum class SignatureState {
  kVerified,    // made by an allowed signer over exactly this commit or tag
  kUnverified,  // none, or not checkable, or by a key that may not sign: see reason
  kBad,         // there is one and it does not match: the content was altered
};
std::string_view signature_kind_name(SignatureKind kind);
std::string_view signature_state_name(SignatureState state);

struct Signature {
  SignatureKind kind = SignatureKind::kNone;
  SignatureState state = SignatureState::kUnverified;
  std::string signer;       // principal or user id; set when the key is known
  std::string fingerprint;  // of the key
  std::string reason;       // why it is not verified; "" when it is
};

// A trailer such as "Reviewed-by: A <a@b>": what the message claims, nothing more.
struct Claim {
  std::string key;
  std::string value;
};

enum class Movement {
  kFirst,    // nothing was in force before
  kSame,     // the ref has not moved
  kForward,  // the new commit descends from the last good one
  kRewound,  // it does not, and allow_rewind was set
};

struct Commit {
  std::string id;
  std::string tip;  // what the ref names: the same, or the id of an annotated tag
  std::string tree;
  Person author;
  Person committer;
  std::string subject;
  std::vector<Claim> claims;  // Reviewed-by, Approved-by, Acked-by, Tested-by, Signed-off-by
  Signature signature;        // of the commit
  std::string tag;            // name of the annotated tag it was found by, or ""
  Signature tag_signature;    // of that tag
  Movement movement = Movement::kSame;
  std::string previous;  // the commit that was in force before, or ""
  base::UnixTime first_seen = 0;

  // The signature that counts: the tag's when it verifies, else the commit's.
  const Signature& decisive() const {
    return tag_signature.state == SignatureState::kVerified ? tag_signature : signature;
  }
};

// What the rooms above pass in.
struct Environment {
  net::HttpClient& http;
  const base::Clock& clock;
};

// The commit in force, without asking the remote. Signatures are judged anew, with the signers and
// revocations given now: kDenied when one is required and none counts any more. kNotFound when
// nothing was pulled yet.
base::Result<Commit> in_force(const Remote& remote, const std::string& cache, const Limits& limits);

// What the remote's ref names now: one small request, nothing is stored. The ref has moved when
// this is not the Commit::tip of the last pull.
base::Result<std::string> remote_tip(const Remote& remote, const Limits& limits,
                                     Environment environment);

struct Tree {
  // Path relative to the subdirectory -> content.
  std::map<std::string, std::string> files;
  // Path of a symbolic link -> what it names, as written there. None was followed.
  std::map<std::string, std::string> links;
  // Symbolic links and submodules that were not followed, and oddities of names.
  base::Diagnostics diagnostics;
};
// What the caller has to say about a commit before it comes into force; an error refuses it. Asked
// again when the ref has not moved: what is asked for may have changed.
using Approve = std::function<base::Status(const Commit& commit, const Tree& tree)>;

// Brings the remote's ref into force and describes the commit. The cache directory is made when it
// is missing (mode 0700). On failure, also of approve, the commit that was in force stays so.
base::Result<Commit> pull(const Remote& remote, const std::string& cache, const Limits& limits,
                          Environment environment, const Approve& approve = nullptr);

// The files of a commit that was pulled into this cache. kLimit when there are too many, too large
// or too deep ones; kInvalid for names that no honest tree has ("..", ".git", duplicates).
base::Result<Tree> read_tree(const Remote& remote, const std::string& cache,
                             const std::string& commit, const Limits& limits);

}  // namespace bulkhead::gitsync
