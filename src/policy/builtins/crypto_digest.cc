// SPDX-License-Identifier: Apache-2.0
// crypto.md5, sha1, sha256 and crypto.hmac.*: lower-case hexadecimal digits.
#include "base/bytes.h"
#include "crypto/digest.h"
#include "crypto/hmac.h"
#include "policy/builtin.h"

namespace bulkhead::policy::builtins::crypto_digest {
namespace {

template <crypto::Algorithm algorithm>
BuiltinResult digest(Arguments arguments, CallContext&) {
  const std::string_view text = TRY(text_argument(arguments, 0));
  return Term(base::to_hex(crypto::digest(algorithm, base::as_bytes(text))));
}

template <crypto::Algorithm algorithm>
BuiltinResult hmac(Arguments arguments, CallContext&) {
  const std::string_view text = TRY(text_argument(arguments, 0));
  const std::string_view key = TRY(text_argument(arguments, 1));
  return Term(base::to_hex(crypto::hmac(algorithm, base::as_bytes(key), base::as_bytes(text))));
}

BuiltinResult hmac_equal(Arguments arguments, CallContext&) {
  const std::string_view a = TRY(text_argument(arguments, 0));
  const std::string_view b = TRY(text_argument(arguments, 1));
  return Term(crypto::equal_in_constant_time(base::as_bytes(a), base::as_bytes(b)));
}

using enum crypto::Algorithm;

constexpr Builtin kBuiltins[] = {
    {"crypto.md5", 1, digest<kMd5>},          {"crypto.sha1", 1, digest<kSha1>},
    {"crypto.sha256", 1, digest<kSha256>},    {"crypto.hmac.md5", 2, hmac<kMd5>},
    {"crypto.hmac.sha1", 2, hmac<kSha1>},     {"crypto.hmac.sha256", 2, hmac<kSha256>},
    {"crypto.hmac.sha512", 2, hmac<kSha512>}, {"crypto.hmac.equal", 2, hmac_equal},
};

}  // namespace

extern constinit const Family descriptor = {"crypto_digest", "digests and HMAC", kBuiltins};

}  // namespace bulkhead::policy::builtins::crypto_digest
