// SPDX-License-Identifier: Apache-2.0
// JSON Web Keys (RFC 7517, RFC 7518 section 6, RFC 8037): public keys, and secrets for HMAC.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/public_key.h"

namespace bulkhead::policy {

struct Jwk {
  std::string kid;
  std::string alg;  // empty: not said
  std::optional<crypto::PublicKey> key;
  std::string secret;  // of kty "oct", when there is no key
};

// One key, or a set {"keys": [...]}. kInvalid: not JSON, or the numbers of no key.
base::Result<std::vector<Jwk>> parse_jwks(std::string_view json);

// The keys that OPA's builtins take: PEM text of a certificate or public key, or JSON.
base::Result<std::vector<Jwk>> parse_keys(std::string_view text);

}  // namespace bulkhead::policy
