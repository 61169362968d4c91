// SPDX-License-Identifier: Apache-2.0
// Vectors of RFC 8032; keys of every kind with real signatures are in gitsync's tests.
#include "crypto/public_key.h"

#include <gtest/gtest.h>

#include "base/fs.h"

namespace bulkhead::crypto {
namespace {

base::Bytes hex(std::string_view text) { return *base::from_hex(text); }

TEST(PublicKey, VerifiesEd25519) {
  // RFC 8032 section 7.1, test 2.
  auto key =
      PublicKey::ed25519(hex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"));
  ASSERT_TRUE(key);
  EXPECT_EQ(key->type(), KeyType::kEd25519);
  base::Bytes signature =
      hex("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
          "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
  EXPECT_TRUE(key->verify(Algorithm::kSha512, hex("72"), signature));
  EXPECT_FALSE(key->verify(Algorithm::kSha512, hex("73"), signature));
  EXPECT_FALSE(key->verify(Algorithm::kSha512, hex("72"), base::ByteView(signature).first(63)));
  EXPECT_FALSE(PublicKey::ed25519(hex("00")));
}

TEST(PublicKey, RefusesPointsOffTheCurve) {
  // The generator of P-256, and its neighbour.
  std::string point =
      "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
      "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";
  auto key = PublicKey::ecdsa(KeyType::kEcdsaP256, hex(point));
  ASSERT_TRUE(key) << key.error().message();
  EXPECT_EQ(key->bits(), 256u);
  point.back() = '6';
  EXPECT_FALSE(PublicKey::ecdsa(KeyType::kEcdsaP256, hex(point)));
  EXPECT_FALSE(PublicKey::ecdsa(KeyType::kEcdsaP384, hex(point)));
  EXPECT_FALSE(PublicKey::ecdsa(KeyType::kEcdsaP256, {}));
}

TEST(PublicKey, RefusesNumbersOfNoRsaKey) {
  base::Bytes odd(256, std::byte{0xff});
  base::Bytes even = odd;
  even.back() = std::byte{0xfe};
  base::Bytes exponent = hex("010001");
  EXPECT_TRUE(PublicKey::rsa(odd, exponent));
  EXPECT_FALSE(PublicKey::rsa(even, exponent));
  EXPECT_FALSE(PublicKey::rsa({}, exponent));
  EXPECT_FALSE(PublicKey::rsa(odd, {}));
  EXPECT_FALSE(PublicKey::rsa(odd, hex("01")));
  EXPECT_FALSE(PublicKey::rsa(odd, hex("02")));
  EXPECT_FALSE(PublicKey::rsa(odd, base::Bytes(9, std::byte{0xff})));
  EXPECT_FALSE(PublicKey::rsa(base::Bytes(2048, std::byte{0xff}), exponent));
}

TEST(PublicKey, EncodesEcdsaSignatures) {
  auto encoded = ecdsa_signature(hex("00ff"), hex("01"));
  ASSERT_TRUE(encoded);
  EXPECT_EQ(base::to_hex(*encoded), "3007020200ff020101");
  EXPECT_FALSE(ecdsa_signature({}, hex("01")));
  EXPECT_FALSE(ecdsa_signature(hex("01"), base::Bytes(68, std::byte{1})));
}

std::string fixture(const std::string& name) {
  auto text = base::read_file(std::string(BULKHEAD_ROOM_DIR) + "/testdata/keys/" + name, 1 << 16);
  CHECK(text.has_value());
  return *text;
}

base::Bytes signature(const std::string& name) { return *base::from_base64(fixture(name)); }

// Keys and signatures over "a message", made by openssl.
TEST(PublicKey, ReadsPemText) {
  const base::ByteView message = base::as_bytes("a message");
  const base::ByteView other = base::as_bytes("another message");
  for (const char* name : {"rsa.pem", "rsa-pkcs1.pem", "certificate.pem"}) {
    const auto key = PublicKey::from_pem(fixture(name));
    ASSERT_TRUE(key) << name << ": " << key.error().message();
    EXPECT_EQ(key->type(), KeyType::kRsa);
    EXPECT_TRUE(key->verify(Algorithm::kSha256, message, signature("rsa.sig")));
    EXPECT_FALSE(key->verify(Algorithm::kSha256, other, signature("rsa.sig")));
    EXPECT_FALSE(key->verify(Algorithm::kSha256, message, signature("pss.sig")));
    EXPECT_TRUE(key->verify_pss(Algorithm::kSha256, message, signature("pss.sig")));
    EXPECT_FALSE(key->verify_pss(Algorithm::kSha256, other, signature("pss.sig")));
    EXPECT_FALSE(key->verify_pss(Algorithm::kSha256, message, signature("rsa.sig")));
  }
  const auto curve = PublicKey::from_pem(fixture("p384.pem"));
  ASSERT_TRUE(curve);
  EXPECT_EQ(curve->type(), KeyType::kEcdsaP384);
  EXPECT_TRUE(curve->verify(Algorithm::kSha384, message, signature("ec384.sig")));
  EXPECT_FALSE(curve->verify_pss(Algorithm::kSha384, message, signature("ec384.sig")));
  const auto edwards = PublicKey::from_pem(fixture("ed25519.pem"));
  ASSERT_TRUE(edwards);
  EXPECT_TRUE(edwards->verify(Algorithm::kSha512, message, signature("ed.sig")));
}

TEST(PublicKey, RefusesOtherPemText) {
  const auto code = [](std::string_view text) { return PublicKey::from_pem(text).error().code(); };
  EXPECT_EQ(code(""), base::Code::kInvalid);
  EXPECT_EQ(code("ssh-rsa AAAA"), base::Code::kInvalid);
  EXPECT_EQ(code(std::string(100'000, 'x')), base::Code::kInvalid);
  EXPECT_EQ(code(fixture("secp256k1.pem")), base::Code::kUnsupported);
  EXPECT_EQ(code("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"),
            base::Code::kDenied);
  EXPECT_EQ(code("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"),
            base::Code::kInvalid);
  EXPECT_EQ(code("-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n"), base::Code::kInvalid);
}

}  // namespace
}  // namespace bulkhead::crypto
