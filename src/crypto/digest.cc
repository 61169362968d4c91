// SPDX-License-Identifier: Apache-2.0
// Digests by OpenSSL's EVP interface (which uses the CPU's SHA instructions).
#include "crypto/digest.h"

#include <array>

#include "base/text.h"
#include "crypto/evp.h"

namespace bulkhead::crypto {
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

struct Hasher::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  ~State() { EVP_MD_CTX_free(context); }
};

Hasher::Hasher(Algorithm algorithm) : state_(std::make_unique<State>()) {
  CHECK(state_->context != nullptr);
  CHECK(EVP_DigestInit_ex(state_->context, evp(algorithm), nullptr) == 1);
}
Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;
Hasher::~Hasher() = default;

void Hasher::update(base::ByteView bytes) {
  CHECK(EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()) == 1);
}

base::Bytes Hasher::finish() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out;
  unsigned size = 0;
  CHECK(EVP_DigestFinal_ex(state_->context, out.data(), &size) == 1);
  base::ByteView view = std::as_bytes(std::span(out).first(size));
  return base::Bytes(view.begin(), view.end());
}

std::string Hasher::finish_hex() { return base::to_hex(finish()); }

void leave_openssl_configuration() {
  CHECK(OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr) == 1);
}

base::Bytes digest(Algorithm algorithm, base::ByteView bytes) {
  Hasher hasher(algorithm);
  hasher.update(bytes);
  return hasher.finish();
}

std::string sha256_hex(base::ByteView bytes) {
  return base::to_hex(digest(Algorithm::kSha256, bytes));
}

std::string sha256_digest(base::ByteView bytes) { return "sha256:" + sha256_hex(bytes); }

base::Result<Digest> Digest::parse(std::string_view text) {
  auto bad = [&](std::string_view why) {
    return base::Error(base::Code::kInvalid,
                       "digest \"" + base::printable(text, 160) + "\": " + std::string(why));
  };
  auto parts = base::cut(text, ":");
  if (!parts) return bad("no ':' after the algorithm");
  Digest out;
  size_t digits = 0;
  if (parts->first == "sha256") {
    out.algorithm = Algorithm::kSha256;
    digits = 64;
  } else if (parts->first == "sha512") {
    out.algorithm = Algorithm::kSha512;
    digits = 128;
  } else {
    return base::Error(base::Code::kUnsupported, bad("only sha256 and sha512").message());
  }
  if (parts->second.size() != digits) return bad("wrong number of digits");
  for (char c : parts->second) {
    if (!base::is_digit(c) && (c < 'a' || c > 'f')) return bad("not lower-case hexadecimal");
  }
  out.hex = parts->second;
  return out;
}

std::string Digest::to_string() const {
  return (algorithm == Algorithm::kSha512 ? "sha512:" : "sha256:") + hex;
}

}  // namespace bulkhead::crypto
