// SPDX-License-Identifier: Apache-2.0
// Keys are built from their numbers through OpenSSL's provider interface, which checks that a point
// is on its curve; verification is EVP's one-shot form.
#include "crypto/public_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <optional>
#include <string>

#include "crypto/openssl_free.h"

namespace bulkhead::crypto {
namespace {

using base::ByteView;
using base::Code;
using base::Error;
using base::Result;

using BigNumber = std::unique_ptr<BIGNUM, Free<BN_free>>;
using Context = std::unique_ptr<EVP_PKEY_CTX, Free<EVP_PKEY_CTX_free>>;
using ParamBuilder = std::unique_ptr<OSSL_PARAM_BLD, Free<OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, Free<OSSL_PARAM_free>>;
using EcdsaSig = std::unique_ptr<ECDSA_SIG, Free<ECDSA_SIG_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>>;

constexpr size_t kMaxPemBytes = 64 * 1024;

const unsigned char* raw(ByteView bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

BigNumber number(ByteView bytes) {
  return BigNumber(BN_bin2bn(raw(bytes), static_cast<int>(bytes.size()), nullptr));
}

EVP_PKEY* from_params(const char* kind, OSSL_PARAM_BLD* builder) {
  Params params(OSSL_PARAM_BLD_to_param(builder));
  Context context(EVP_PKEY_CTX_new_from_name(nullptr, kind, nullptr));
  EVP_PKEY* key = nullptr;
  if (params == nullptr || context == nullptr || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) {
    ERR_clear_error();
    return nullptr;
  }
  return key;
}

const EVP_MD* signature_digest(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::kMd5:
    case Algorithm::kSha1: return nullptr;  // no longer fit for signatures
    case Algorithm::kSha256: return EVP_sha256();
    case Algorithm::kSha384: return EVP_sha384();
    case Algorithm::kSha512: return EVP_sha512();
  }
  return nullptr;
}

struct CurveName {
  const char* openssl;
  size_t point_bytes;
};

CurveName curve_name(KeyType curve) {
  switch (curve) {
    case KeyType::kEcdsaP256: return {"prime256v1", 65};
    case KeyType::kEcdsaP384: return {"secp384r1", 97};
    case KeyType::kEcdsaP521: return {"secp521r1", 133};
    case KeyType::kEd25519:
    case KeyType::kRsa: break;
  }
  return {nullptr, 0};
}

}  // namespace

struct PublicKey::Key {
  explicit Key(EVP_PKEY* given) : evp_key(given) {}
  Key(const Key&) = delete;
  Key& operator=(const Key&) = delete;
  ~Key() { EVP_PKEY_free(evp_key); }
  EVP_PKEY* evp_key;
};

Result<PublicKey> PublicKey::ed25519(ByteView raw_key) {
  if (raw_key.size() != 32) return Error(Code::kInvalid, "an Ed25519 key has 32 bytes");
  EVP_PKEY* key =
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, raw(raw_key), raw_key.size());
  if (key == nullptr) return Error(Code::kInvalid, "not an Ed25519 key");
  return PublicKey(KeyType::kEd25519, std::make_shared<const Key>(key));
}

Result<PublicKey> PublicKey::ecdsa(KeyType curve, ByteView point) {
  CurveName name = curve_name(curve);
  CHECK(name.openssl != nullptr);
  if (point.size() != name.point_bytes || point[0] != std::byte{4}) {
    return Error(Code::kInvalid, "not an uncompressed point of the curve");
  }
  ParamBuilder builder(OSSL_PARAM_BLD_new());
  CHECK(builder != nullptr);
  CHECK(OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, name.openssl,
                                        0) == 1);
  CHECK(OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, raw(point),
                                         point.size()) == 1);
  EVP_PKEY* key = from_params("EC", builder.get());
  if (key == nullptr) return Error(Code::kInvalid, "not a point of the curve");
  return PublicKey(curve, std::make_shared<const Key>(key));
}

Result<PublicKey> PublicKey::rsa(ByteView modulus, ByteView exponent) {
  if (modulus.size() > kMaxRsaBits / 8 + 1 || exponent.size() > 9) {
    return Error(Code::kInvalid, "RSA numbers are too large");
  }
  BigNumber n = number(modulus);
  BigNumber e = number(exponent);
  CHECK(n != nullptr && e != nullptr);
  if (!BN_is_odd(n.get()) || !BN_is_odd(e.get()) || BN_is_one(e.get()) ||
      BN_num_bits(n.get()) < 512 || BN_num_bits(n.get()) > static_cast<int>(kMaxRsaBits) ||
      BN_num_bits(e.get()) > 64) {
    return Error(Code::kInvalid, "not the numbers of an RSA key");
  }
  ParamBuilder builder(OSSL_PARAM_BLD_new());
  CHECK(builder != nullptr);
  CHECK(OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) == 1);
  CHECK(OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) == 1);
  EVP_PKEY* key = from_params("RSA", builder.get());
  if (key == nullptr) return Error(Code::kInvalid, "not an RSA key");
  return PublicKey(KeyType::kRsa, std::make_shared<const Key>(key));
}

unsigned PublicKey::bits() const { return static_cast<unsigned>(EVP_PKEY_get_bits(key_->evp_key)); }

bool PublicKey::verify(Algorithm hash, ByteView message, ByteView signature) const {
  const EVP_MD* digest = nullptr;
  if (type_ != KeyType::kEd25519) {
    digest = signature_digest(hash);
    if (digest == nullptr) return false;
  }
  DigestContext context(EVP_MD_CTX_new());
  CHECK(context != nullptr);
  bool good = EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, key_->evp_key) == 1 &&
              EVP_DigestVerify(context.get(), raw(signature), signature.size(), raw(message),
                               message.size()) == 1;
  ERR_clear_error();
  return good;
}

bool PublicKey::verify_pss(Algorithm hash, ByteView message, ByteView signature) const {
  const EVP_MD* digest = signature_digest(hash);
  if (type_ != KeyType::kRsa || digest == nullptr) return false;
  DigestContext context(EVP_MD_CTX_new());
  CHECK(context != nullptr);
  EVP_PKEY_CTX* options = nullptr;  // belongs to the context
  bool good = EVP_DigestVerifyInit(context.get(), &options, digest, nullptr, key_->evp_key) == 1 &&
              EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) == 1 &&
              EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_AUTO) == 1 &&
              EVP_DigestVerify(context.get(), raw(signature), signature.size(), raw(message),
                               message.size()) == 1;
  ERR_clear_error();
  return good;
}

namespace {

// One block of PEM text; everything is freed at the end.
struct PemBlock {
  char* name = nullptr;
  char* header = nullptr;
  unsigned char* data = nullptr;
  long size = 0;
  PemBlock() = default;
  PemBlock(const PemBlock&) = delete;
  PemBlock& operator=(const PemBlock&) = delete;
  ~PemBlock() {
    OPENSSL_free(name);
    OPENSSL_free(header);
    OPENSSL_free(data);
  }
};

EVP_PKEY* key_in(const PemBlock& block) {
  const std::string_view name = block.name;
  const unsigned char* at = block.data;
  if (name == "PUBLIC KEY") return d2i_PUBKEY(nullptr, &at, block.size);
  if (name == "RSA PUBLIC KEY") return d2i_PublicKey(EVP_PKEY_RSA, nullptr, &at, block.size);
  std::unique_ptr<X509, Free<X509_free>> certificate(d2i_X509(nullptr, &at, block.size));
  return certificate == nullptr ? nullptr : X509_get_pubkey(certificate.get());
}

std::optional<KeyType> type_of(EVP_PKEY* key) {
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_ED25519: return KeyType::kEd25519;
    case EVP_PKEY_RSA: return KeyType::kRsa;
    case EVP_PKEY_EC: break;
    default: return std::nullopt;
  }
  char group[64] = {};
  if (EVP_PKEY_get_group_name(key, group, sizeof group, nullptr) != 1) return std::nullopt;
  for (KeyType type : {KeyType::kEcdsaP256, KeyType::kEcdsaP384, KeyType::kEcdsaP521}) {
    if (std::string_view(group) == curve_name(type).openssl) return type;
  }
  return std::nullopt;
}

}  // namespace

Result<PublicKey> PublicKey::from_pem(std::string_view text) {
  if (text.size() > kMaxPemBytes) return Error(Code::kInvalid, "a key of this size is none");
  std::unique_ptr<BIO, Free<BIO_free>> bio(
      BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  CHECK(bio != nullptr);
  PemBlock block;
  if (PEM_read_bio(bio.get(), &block.name, &block.header, &block.data, &block.size) != 1) {
    ERR_clear_error();
    return Error(Code::kInvalid, "not a key in PEM form (-----BEGIN PUBLIC KEY-----)");
  }
  const std::string_view name = block.name;
  if (name.ends_with("PRIVATE KEY")) {
    return Error(Code::kDenied, "this is a private key; give the public one");
  }
  if (name != "PUBLIC KEY" && name != "RSA PUBLIC KEY" && name != "CERTIFICATE") {
    return Error(Code::kInvalid, "not a public key or certificate: " + std::string(name));
  }
  auto key = std::make_shared<const Key>(key_in(block));
  ERR_clear_error();
  if (key->evp_key == nullptr) return Error(Code::kInvalid, "malformed " + std::string(name));
  const auto type = type_of(key->evp_key);
  if (!type) return Error(Code::kUnsupported, "not an RSA, Ed25519 or NIST curve key");
  if (EVP_PKEY_get_bits(key->evp_key) > static_cast<int>(kMaxRsaBits)) {
    return Error(Code::kInvalid, "RSA numbers are too large");
  }
  return PublicKey(*type, std::move(key));
}

Result<base::Bytes> ecdsa_signature(ByteView r, ByteView s) {
  constexpr size_t kMaxBytes = 67;  // P-521, and the zero in front that some encodings want
  if (r.empty() || s.empty() || r.size() > kMaxBytes || s.size() > kMaxBytes) {
    return Error(Code::kInvalid, "not the numbers of an ECDSA signature");
  }
  EcdsaSig signature(ECDSA_SIG_new());
  BigNumber r_number = number(r);
  BigNumber s_number = number(s);
  CHECK(signature != nullptr && r_number != nullptr && s_number != nullptr);
  CHECK(ECDSA_SIG_set0(signature.get(), r_number.release(), s_number.release()) == 1);
  unsigned char* encoded = nullptr;
  int size = i2d_ECDSA_SIG(signature.get(), &encoded);
  CHECK(size > 0);
  ByteView view = std::as_bytes(std::span(encoded, static_cast<size_t>(size)));
  base::Bytes out(view.begin(), view.end());
  OPENSSL_free(encoded);
  return out;
}

}  // namespace bulkhead::crypto
