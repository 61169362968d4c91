// SPDX-License-Identifier: Apache-2.0
// Judges a signature of a commit or tag. Internal to this room.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "gitsync/deadline.h"
#include "gitsync/gitsync.h"
#include "gitsync/signers/allowed_signers.h"

namespace bulkhead::gitsync {

// Who may sign, as a Remote says it.
struct Signers {
  AllowedSigners ssh;
  std::set<std::string> revoked;  // wire forms of SSH keys
  std::string openpgp_keyring;

  // kInvalid with the line that cannot be read.
  static base::Result<Signers> from(const Remote& remote);
};

// Never fails: whatever is wrong becomes the state and the reason. The key must have been allowed
// at all of the times.
Signature judge_signature(std::string_view armoured, std::string_view payload,
                          const Signers& signers, const std::vector<base::UnixTime>& times,
                          const Deadline& deadline);

}  // namespace bulkhead::gitsync
