// SPDX-License-Identifier: Apache-2.0
// allowed_signers: which SSH keys may sign, for what and when (ssh-keygen(1), ALLOWED SIGNERS).
// One line: PRINCIPALS [OPTIONS] KEYTYPE BASE64 [COMMENT].
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace bulkhead::gitsync {

struct AllowedSigner {
  std::string principals;  // as written: a list of patterns
  std::string key_type;
  std::string key_wire;
  std::string namespaces;  // a list of patterns; "" allows all
  std::optional<base::UnixTime> valid_after;
  std::optional<base::UnixTime> valid_before;
  bool cert_authority = false;
  uint32_t line = 0;
};

class AllowedSigners {
 public:
  static constexpr size_t kMaxBytes = 1 << 20;

  // A line that cannot be read is an error naming it: a signer who is silently missing, or an
  // option that is silently ignored, would be worse. Times without "Z" count as UTC too, so that a
  // policy is judged alike everywhere (ssh-keygen takes the local time zone).
  static base::Result<AllowedSigners> parse(std::string_view text);

  struct Answer {
    bool allowed = false;
    std::string principals;  // of the line that allows, or of the one that almost did
    std::string reason;      // why not
  };
  // May this key sign in this namespace, at each of these times?
  Answer check(std::string_view key_wire, std::string_view name_space,
               const std::vector<base::UnixTime>& times) const;

  const std::vector<AllowedSigner>& all() const { return signers_; }

 private:
  std::vector<AllowedSigner> signers_;
};

// Comma-separated patterns with '*', '?' and '!' as ssh_config(5) has them.
bool matches_pattern_list(std::string_view list, std::string_view text);

}  // namespace bulkhead::gitsync
