// SPDX-License-Identifier: Apache-2.0
#include "crypto/hmac.h"

#include <gtest/gtest.h>

namespace bulkhead::crypto {
namespace {

std::string hex_bytes(Algorithm algorithm, std::string_view key, std::string_view message) {
  return base::to_hex(hmac(algorithm, base::as_bytes(key), base::as_bytes(message)));
}

// RFC 4231 test case 2, RFC 2202 test case 2.
TEST(Hmac, GivesTheDigestsOfTheStandards) {
  const std::string_view key = "Jefe";
  const std::string_view text = "what do ya want for nothing?";
  EXPECT_EQ(hex_bytes(Algorithm::kSha256, key, text),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hex_bytes(Algorithm::kSha512, key, text),
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
            "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737");
  EXPECT_EQ(hex_bytes(Algorithm::kSha1, key, text), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
  EXPECT_EQ(hex_bytes(Algorithm::kMd5, key, text), "750c783e6ab0b503eaa86e310a5db738");
  EXPECT_EQ(hex_bytes(Algorithm::kSha256, "", ""),
            "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(Hmac, ComparesWholeTexts) {
  EXPECT_TRUE(equal_in_constant_time(base::as_bytes("abc"), base::as_bytes("abc")));
  EXPECT_FALSE(equal_in_constant_time(base::as_bytes("abc"), base::as_bytes("abd")));
  EXPECT_FALSE(equal_in_constant_time(base::as_bytes("abc"), base::as_bytes("ab")));
  EXPECT_TRUE(equal_in_constant_time({}, {}));
}

}  // namespace
}  // namespace bulkhead::crypto
