// SPDX-License-Identifier: Apache-2.0
// Where a policy comes from: a directory, an OPA bundle, a folder kept by `policy pull`, or a git
// repository. Only bytes are gathered here; they are read as policies by the confined process.
#pragma once

#include <string>

#include "base/fs.h"
#include "base/result.h"
#include "cli/command.h"
#include "decide/bundle/policy_set.h"
#include "gitsync/gitsync.h"
#include "model/verdict.h"

namespace bulkhead::cli {

struct PolicySource {
  decide::Files files;
  model::PolicyIdentity identity;  // without digest and name
  decide::LoadOptions options;     // with the keys that the bundle's signature is verified with
};

// Flags that say whose bundles are taken, as OPA has them.
inline constexpr std::array kPolicyKeyFlags = {
    Flag{"policy-key", 0, "FILE",
         "take only bundles signed with this key: a public key (PEM) or a shared secret"},
    Flag{"policy-key-algorithm", 0, "NAME", "RS256 (default), ES256, PS256, HS256 and the like"},
    Flag{"policy-key-id", 0, "ID", "the signature must name this key"},
    Flag{"policy-key-scope", 0, "SCOPE", "the scope that the signature must be for"},
};

// Flags that say how a repository is reached and how far it is trusted.
inline constexpr std::array kRepositoryFlags = {
    Flag{"policy-ref", 0, "REF", "branch, tag or commit of the repository (default: its HEAD)"},
    Flag{"policy-signers", 0, "FILE",
         "take only commits signed by one of these (ssh allowed_signers)"},
    Flag{"policy-revoked", 0, "FILE", "SSH keys that never count, \"TYPE BASE64\" a line"},
    Flag{"policy-gpg-keyring", 0, "FILE",
         "take only commits signed with one of these OpenPGP keys"},
    Flag{"policy-token", 0, "FILE", "file with the token for the repository (HTTP)"},
    Flag{"policy-ssh-key", 0, "FILE", "private key for the repository (default: the SSH agent)"},
    Flag{"policy-known-hosts", 0, "FILE",
         "SSH hosts and their keys (default: those of ~/.ssh and /etc/ssh)"},
};

// Flags of commands whose argument names the policy.
inline constexpr auto kNamedPolicyFlags = join_flags(kRepositoryFlags, kPolicyKeyFlags);

// Flags of commands that judge something else by it.
inline constexpr std::array kPolicySourceFlags = {
    Flag{"policy", 0, "SOURCE",
         "policy to judge by: a directory, a bundle (.tar.gz) or a git repository"},
};
inline constexpr auto kPolicyFlags = join_flags(kPolicySourceFlags, kNamedPolicyFlags);

// Whether SOURCE is the address of a repository rather than a path.
bool is_repository(std::string_view source);

// kNotFound, kInvalid: what is wrong with the source and what would be right.
base::Result<PolicySource> read_policy_source(const Invocation& invocation,
                                              const std::string& source);

// The key that the flags name; empty without one.
base::Result<std::vector<policy::VerificationKey>> policy_keys(const Invocation& invocation);

// The repository that SOURCE and the flags name.
base::Result<gitsync::Remote> policy_remote(const Invocation& invocation,
                                            const std::string& source);
model::PolicyIdentity identity_of(const gitsync::Remote& remote, const gitsync::Commit& commit);

// kUnsupported for a tree that would be another policy than it looks: one with a link where a file
// of the policy would count, or with a name that check_policy_name() refuses.
base::Status check_policy_tree(const gitsync::Tree& tree);

// The files of a directory that belong to a policy: *.rego, *.yaml, *.yml, *.json, .manifest and
// .signatures.json; all of them where there is a signature, which speaks about all, but hidden
// ones. kEverything: hidden ones, too, for whoever verifies that signature: a file that it does not
// list must not escape it by its name. Symbolic links are followed inside of the directory;
// kInvalid for one that leads elsewhere and would count, and for a name as check_policy_name()
// refuses it. kLimit when there is more than a policy can be.
enum class PolicyFiles : uint8_t { kOfPolicy, kEverything };
base::Result<decide::Files> read_policy_directory(const std::string& path,
                                                  PolicyFiles which = PolicyFiles::kOfPolicy);

// Whether a file of this name (without folders) is read as part of a policy, in any case of its
// ending.
bool counts_as_policy(std::string_view name);
// kUnsupported for a path that ends in ".REGO" and the like: it would be passed over, and what it
// says with it. Hidden files and those in hidden folders may be called anything.
base::Status check_policy_name(std::string_view path);

}  // namespace bulkhead::cli
