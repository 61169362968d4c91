// SPDX-License-Identifier: Apache-2.0
// Public keys and the signatures they verify: Ed25519 (RFC 8032), ECDSA (FIPS 186-5) and RSA with
// PKCS #1 v1.5 padding (RFC 8017 section 8.2). Formats of files and protocols are the callers'.
#pragma once

#include <memory>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/digest.h"

namespace bulkhead::crypto {

enum class KeyType { kEd25519, kEcdsaP256, kEcdsaP384, kEcdsaP521, kRsa };

class PublicKey {
 public:
  static constexpr unsigned kMaxRsaBits = 8192;  // larger ones only cost time

  // 32 bytes.
  static base::Result<PublicKey> ed25519(base::ByteView raw);
  // The point in the uncompressed form of SEC 1 section 2.3.3; kInvalid when it is not on the
  // curve.
  static base::Result<PublicKey> ecdsa(KeyType curve, base::ByteView point);
  // Big-endian numbers; kInvalid for even, missing or oversized ones.
  static base::Result<PublicKey> rsa(base::ByteView modulus, base::ByteView exponent);

  // PEM text (RFC 7468), one block: a public key (SubjectPublicKeyInfo or PKCS #1), or the key of a
  // certificate. kInvalid; kUnsupported: another kind of key; kDenied: a private key.
  static base::Result<PublicKey> from_pem(std::string_view text);

  KeyType type() const { return type_; }
  unsigned bits() const;

  // Whether the signature is this key's over the message. Ed25519: 64 bytes, the hash is not used.
  // ECDSA: DER (see ecdsa_signature). RSA: as long as the modulus.
  bool verify(Algorithm hash, base::ByteView message, base::ByteView signature) const;
  // RSA with PSS padding (RFC 8017 section 8.1), the salt of any length; false for other keys.
  bool verify_pss(Algorithm hash, base::ByteView message, base::ByteView signature) const;

 private:
  struct Key;
  PublicKey(KeyType type, std::shared_ptr<const Key> key) : type_(type), key_(std::move(key)) {}

  KeyType type_;
  std::shared_ptr<const Key> key_;  // shared: immutable, and keys are values
};

// The DER form of an ECDSA signature from its two numbers (big-endian, leading zeros allowed).
// kInvalid for numbers that no curve here has.
base::Result<base::Bytes> ecdsa_signature(base::ByteView r, base::ByteView s);

}  // namespace bulkhead::crypto
