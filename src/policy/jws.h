// SPDX-License-Identifier: Apache-2.0
// JSON Web Signatures in compact form (RFC 7515) with the algorithms of RFC 7518 and RFC 8037: what
// bundle signatures and the io.jwt builtins stand on.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/digest.h"
#include "crypto/public_key.h"

namespace bulkhead::policy {

struct Jws {
  std::string header;   // JSON text
  std::string payload;  // bytes; JSON text in a JWT
  base::Bytes signature;
  std::string signing_input;  // "header.payload", still encoded
};

// kInvalid: not three parts in base64url.
base::Result<Jws> split_jws(std::string_view compact);

enum class JwsFamily : uint8_t { kHmac, kRsaPkcs1, kRsaPss, kEcdsa, kEdDsa };
struct JwsAlgorithm {
  JwsFamily family;
  crypto::Algorithm hash;  // not used by EdDSA
};
// "RS256", "PS384", "ES512", "HS256", "EdDSA", ...; nullopt for others ("none" among them).
std::optional<JwsAlgorithm> jws_algorithm(std::string_view name);

// Whether the signature is the key's over the input. False also when the key is of another kind
// than the algorithm wants: a public key never serves as an HMAC secret.
bool verify_jws(const JwsAlgorithm& algorithm, const crypto::PublicKey& key, const Jws& jws);
// The same for HMAC; compared in constant time.
bool verify_jws(const JwsAlgorithm& algorithm, std::string_view secret, const Jws& jws);

// RFC 4648 section 5 without padding; padding is accepted. nullopt when malformed.
std::optional<base::Bytes> from_base64url(std::string_view text);
std::string to_base64url(base::ByteView bytes);

}  // namespace bulkhead::policy
