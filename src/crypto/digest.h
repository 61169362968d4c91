// SPDX-License-Identifier: Apache-2.0
// Digests (FIPS 180-4) and their text form "algorithm:hex" (OCI image specification, descriptor).
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/io.h"
#include "base/result.h"

namespace bulkhead::crypto {

enum class Algorithm { kMd5, kSha1, kSha256, kSha384, kSha512 };

// An incremental digest.
class Hasher {
 public:
  explicit Hasher(Algorithm algorithm);
  Hasher(Hasher&&) noexcept;
  Hasher& operator=(Hasher&&) noexcept;
  ~Hasher();
  void update(base::ByteView bytes);
  base::Bytes finish();       // raw digest; the hasher cannot be used afterwards
  std::string finish_hex();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// For a process that may not read files, before its first digest: OpenSSL's built-in settings
// hold, and its configuration is not looked for in vain (which takes 2 ms of 30).
void leave_openssl_configuration();

base::Bytes digest(Algorithm algorithm, base::ByteView bytes);
std::string sha256_hex(base::ByteView bytes);
// "sha256:<hex>"
std::string sha256_digest(base::ByteView bytes);

// "sha256:..." or "sha512:..." with the right number of lower-case digits.
struct Digest {
  Algorithm algorithm = Algorithm::kSha256;
  std::string hex;
  static base::Result<Digest> parse(std::string_view text);
  std::string to_string() const;
  bool operator==(const Digest&) const = default;
};

}  // namespace bulkhead::crypto
