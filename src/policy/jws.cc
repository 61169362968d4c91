// SPDX-License-Identifier: Apache-2.0
// Compact JSON Web Signatures. Keys carry their kind, so that no algorithm named by a token can
// make a key serve for what it is not.
#include "policy/jws.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "crypto/hmac.h"

namespace bulkhead::policy {

using base::Code;
using base::Error;

std::optional<base::Bytes> from_base64url(std::string_view text) {
  std::string plain(text);
  for (char& c : plain) {
    if (c == '+' || c == '/') return std::nullopt;
    if (c == '-') c = '+';
    if (c == '_') c = '/';
  }
  return base::from_base64(plain);
}

std::string to_base64url(base::ByteView bytes) {
  std::string text = base::to_base64(bytes);
  while (text.ends_with('=')) text.pop_back();
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  return text;
}

base::Result<Jws> split_jws(std::string_view compact) {
  const auto parts = base::split(compact, '.');
  if (parts.size() != 3) return Error(Code::kInvalid, "a token has three parts with dots between");
  const auto header = from_base64url(parts[0]);
  const auto payload = from_base64url(parts[1]);
  auto signature = from_base64url(parts[2]);
  if (!header || !payload || !signature) {
    return Error(Code::kInvalid, "a part of the token is no base64url text");
  }
  Jws jws;
  jws.header = std::string(base::as_text(*header));
  jws.payload = std::string(base::as_text(*payload));
  jws.signature = std::move(*signature);
  jws.signing_input = std::string(compact.substr(0, parts[0].size() + 1 + parts[1].size()));
  return jws;
}

std::optional<JwsAlgorithm> jws_algorithm(std::string_view name) {
  if (name == "EdDSA") return JwsAlgorithm{JwsFamily::kEdDsa, crypto::Algorithm::kSha512};
  if (name.size() != 5) return std::nullopt;
  JwsAlgorithm out{};
  const std::string_view family = name.substr(0, 2);
  if (family == "HS") {
    out.family = JwsFamily::kHmac;
  } else if (family == "RS") {
    out.family = JwsFamily::kRsaPkcs1;
  } else if (family == "PS") {
    out.family = JwsFamily::kRsaPss;
  } else if (family == "ES") {
    out.family = JwsFamily::kEcdsa;
  } else {
    return std::nullopt;
  }
  const std::string_view bits = name.substr(2);
  if (bits == "256") {
    out.hash = crypto::Algorithm::kSha256;
  } else if (bits == "384") {
    out.hash = crypto::Algorithm::kSha384;
  } else if (bits == "512") {
    out.hash = crypto::Algorithm::kSha512;
  } else {
    return std::nullopt;
  }
  return out;
}

namespace {

// RFC 7518 section 3.4: each hash goes with one curve; the signature is both numbers side by side.
bool verify_ecdsa(const JwsAlgorithm& algorithm, const crypto::PublicKey& key, const Jws& jws) {
  crypto::KeyType curve = crypto::KeyType::kEcdsaP256;
  size_t size = 32;
  if (algorithm.hash == crypto::Algorithm::kSha384) {
    curve = crypto::KeyType::kEcdsaP384;
    size = 48;
  } else if (algorithm.hash == crypto::Algorithm::kSha512) {
    curve = crypto::KeyType::kEcdsaP521;
    size = 66;
  }
  if (key.type() != curve || jws.signature.size() != 2 * size) return false;
  const base::ByteView both(jws.signature);
  const auto der = crypto::ecdsa_signature(both.first(size), both.last(size));
  return der && key.verify(algorithm.hash, base::as_bytes(jws.signing_input), *der);
}

}  // namespace

bool verify_jws(const JwsAlgorithm& algorithm, const crypto::PublicKey& key, const Jws& jws) {
  const base::ByteView input = base::as_bytes(jws.signing_input);
  switch (algorithm.family) {
    case JwsFamily::kHmac: return false;
    case JwsFamily::kRsaPkcs1:
      return key.type() == crypto::KeyType::kRsa &&
             key.verify(algorithm.hash, input, jws.signature);
    case JwsFamily::kRsaPss:
      return key.type() == crypto::KeyType::kRsa &&
             key.verify_pss(algorithm.hash, input, jws.signature);
    case JwsFamily::kEcdsa: return verify_ecdsa(algorithm, key, jws);
    case JwsFamily::kEdDsa:
      return key.type() == crypto::KeyType::kEd25519 &&
             key.verify(algorithm.hash, input, jws.signature);
  }
  return false;
}

bool verify_jws(const JwsAlgorithm& algorithm, std::string_view secret, const Jws& jws) {
  if (algorithm.family != JwsFamily::kHmac) return false;
  const base::Bytes want =
      crypto::hmac(algorithm.hash, base::as_bytes(secret), base::as_bytes(jws.signing_input));
  return crypto::equal_in_constant_time(want, jws.signature);
}

}  // namespace bulkhead::policy
