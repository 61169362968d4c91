// SPDX-License-Identifier: Apache-2.0
// Where a policy comes from: a directory, an OPA bundle, a folder kept by `policy pull`, or a git
// repository. Only bytes are gathered here; they are read as policies by the confined process.
#pragma once

#include <string>

#include "base/fs.h"
#include "base/result.h"
#include "cli/command.h"
#include "decide/policy_set.h"
#include "gitsync/gitsync.h"
#include "model/verdict.h"

namespace bulkhead::cli {

struct PolicySource {
  decide::Files files;
  model::PolicyIdentity identity;  // without digest and name
  decide::LoadOptions options;     // how far a bundle's signature is asked for
};

// Flags that name a policy and say how far a repository is trusted.
inline constexpr std::array kPolicyFlags = {
    Flag{"policy", 0, "SOURCE",
         "policy to judge by: a directory, a bundle (.tar.gz) or a git repository"},
    Flag{"policy-ref", 0, "REF", "branch, tag or commit of the repository (default: its HEAD)"},
    Flag{"policy-signers", 0, "FILE",
         "take only commits signed by one of these (ssh allowed_signers)"},
    Flag{"policy-token", 0, "FILE", "file with the token for the repository"},
};

// Whether SOURCE is the address of a repository rather than a path.
bool is_repository(std::string_view source);

// kNotFound, kInvalid: what is wrong with the source and what would be right.
base::Result<PolicySource> read_policy_source(const Invocation& invocation,
                                              const std::string& source);

// The repository that SOURCE and the flags name.
base::Result<gitsync::Remote> policy_remote(const Invocation& invocation,
                                            const std::string& source);
model::PolicyIdentity identity_of(const gitsync::Remote& remote, const gitsync::Commit& commit);

// The files of a directory that belong to a policy: *.rego, *.yaml, *.yml, *.json, .manifest and
// .signatures.json. Symbolic links and hidden directories are left out; kLimit when there is more
// than a policy can be.
base::Result<decide::Files> read_policy_directory(const std::string& path);

}  // namespace bulkhead::cli
