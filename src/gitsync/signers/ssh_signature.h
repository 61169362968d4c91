// SPDX-License-Identifier: Apache-2.0
// SSHSIG: signatures over files and commits made with SSH keys (PROTOCOL.sshsig of OpenSSH).
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "gitsync/signers/ssh_key.h"

namespace bulkhead::gitsync {

struct SshSignature {
  static constexpr size_t kMaxBytes = 64 * 1024;

  SshKey key;              // the key the signature says it was made with
  std::string name_space;  // "git" for commits and tags
  std::string hash;        // "sha256" or "sha512"
  std::string raw;         // the signature proper

  // From its armoured text; what stands around the armour must be white space.
  static base::Result<SshSignature> parse(std::string_view armoured);
  // Whether this is `key`'s signature over the message within its own namespace. Whether the key
  // may sign, and whether the namespace is the wanted one, is the caller's question.
  base::Status verify(std::string_view message) const;
};

}  // namespace bulkhead::gitsync
