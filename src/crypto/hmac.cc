// SPDX-License-Identifier: Apache-2.0
// HMAC by OpenSSL.
#include "crypto/hmac.h"

#include <openssl/crypto.h>
#include <openssl/hmac.h>

#include <array>
#include <span>

#include "base/check.h"
#include "crypto/evp.h"

namespace bulkhead::crypto {

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
