// SPDX-License-Identifier: Apache-2.0
// Reading JSON Web Keys. Private members are not looked at: here keys only verify.
#include "policy/jwk.h"

#include "base/json.h"
#include "base/text.h"
#include "policy/jws.h"

namespace bulkhead::policy {
namespace {

using base::Code;
using base::Error;
using base::json::Value;
using crypto::KeyType;
using crypto::PublicKey;

base::Result<base::Bytes> member(Value jwk, std::string_view name) {
  auto bytes = from_base64url(jwk[name].string_or(""));
  if (!bytes || bytes->empty()) {
    return Error(Code::kInvalid,
                 "the key's member '" + std::string(name) + "' is no base64url text");
  }
  return std::move(*bytes);
}

// A coordinate with leading zeros up to the curve's size.
base::Result<base::Bytes> coordinate(Value jwk, std::string_view name, size_t size) {
  base::Bytes bytes = TRY(member(jwk, name));
  if (bytes.size() > size) return Error(Code::kInvalid, "the key's point is not of its curve");
  bytes.insert(bytes.begin(), size - bytes.size(), std::byte{0});
  return bytes;
}

base::Result<PublicKey> curve_key(Value jwk) {
  struct Curve {
    std::string_view name;
    KeyType type;
    size_t size;
  };
  static constexpr Curve kCurves[] = {{"P-256", KeyType::kEcdsaP256, 32},
                                      {"P-384", KeyType::kEcdsaP384, 48},
                                      {"P-521", KeyType::kEcdsaP521, 66}};
  for (const Curve& curve : kCurves) {
    if (jwk["crv"].string_or("") != curve.name) continue;
    base::Bytes point = {std::byte{4}};
    for (const char* name : {"x", "y"}) {
      const base::Bytes bytes = TRY(coordinate(jwk, name, curve.size));
      point.insert(point.end(), bytes.begin(), bytes.end());
    }
    return PublicKey::ecdsa(curve.type, point);
  }
  return Error(Code::kUnsupported, "a key of an unknown curve");
}

base::Result<Jwk> parse_jwk(Value value) {
  Jwk jwk;
  jwk.kid = std::string(value["kid"].string_or(""));
  jwk.alg = std::string(value["alg"].string_or(""));
  const std::string_view kind = value["kty"].string_or("");
  if (kind == "RSA") {
    const base::Bytes modulus = TRY(member(value, "n"));
    jwk.key = TRY(PublicKey::rsa(modulus, TRY(member(value, "e"))));
  } else if (kind == "EC") {
    jwk.key = TRY(curve_key(value));
  } else if (kind == "OKP" && value["crv"].string_or("") == "Ed25519") {
    jwk.key = TRY(PublicKey::ed25519(TRY(member(value, "x"))));
  } else if (kind == "oct") {
    jwk.secret = std::string(base::as_text(TRY(member(value, "k"))));
  } else {
    return Error(Code::kInvalid, "a key of the kind '" + base::printable(kind, 16) + "'");
  }
  return jwk;
}

}  // namespace

base::Result<std::vector<Jwk>> parse_jwks(std::string_view json) {
  base::json::Document::Options options;
  options.allow_duplicate_keys = true;
  const auto document = TRY(base::json::Document::parse(json, options));
  const Value root = document.root();
  std::vector<Jwk> keys;
  if (root["keys"].missing()) {
    keys.push_back(TRY(parse_jwk(root)));
    return keys;
  }
  base::Status status;
  root["keys"].each([&](Value value) {
    auto key = parse_jwk(value);
    if (!key) {
      status = std::move(key).error();
    } else if (key->alg.empty() || jws_algorithm(key->alg)) {
      keys.push_back(std::move(*key));  // keys for what is not known here are passed over
    }
  });
  TRY(std::move(status));
  return keys;
}

base::Result<std::vector<Jwk>> parse_keys(std::string_view text) {
  if (text.find("-----BEGIN") == std::string_view::npos) return parse_jwks(text);
  const std::string_view trimmed = base::trim(text);
  if (!trimmed.ends_with("-----") || trimmed.find("-----BEGIN", 1) != std::string_view::npos) {
    return Error(Code::kInvalid, "extra data after a PEM block");
  }
  Jwk jwk;
  jwk.key = TRY(PublicKey::from_pem(text));
  std::vector<Jwk> keys;
  keys.push_back(std::move(jwk));
  return keys;
}

}  // namespace bulkhead::policy
