// SPDX-License-Identifier: Apache-2.0
// HMAC by OpenSSL.
#include "crypto/hmac.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <span>

#include "base/check.h"

namespace bulkhead::crypto {
namespace {

const EVP_MD* evp(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::kMd5: return EVP_md5();
    case Algorithm::kSha1: return EVP_sha1();
    case Algorithm::kSha256: return EVP_sha256();
    case Algorithm::kSha384: return EVP_sha384();
    case Algorithm::kSha512: return EVP_sha512();
  }
  return EVP_sha256();
}

}  // namespace

base::Bytes hmac(Algorithm algorithm, base::ByteView key, base::ByteView message) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out;
  unsigned size = 0;
  // A null key would mean "the key of the call before".
  const char none = 0;
  const void* bytes = key.empty() ? &none : static_cast<const void*>(key.data());
  CHECK(HMAC(evp(algorithm), bytes, static_cast<int>(key.size()),
             reinterpret_cast<const unsigned char*>(message.data()), message.size(), out.data(),
             &size) != nullptr);
  const base::ByteView view = std::as_bytes(std::span(out).first(size));
  return base::Bytes(view.begin(), view.end());
}

bool equal_in_constant_time(base::ByteView a, base::ByteView b) {
  return a.size() == b.size() && (a.empty() || CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0);
}

}  // namespace bulkhead::crypto
