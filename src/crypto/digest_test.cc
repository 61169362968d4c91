// SPDX-License-Identifier: Apache-2.0
#include "crypto/digest.h"

#include <gtest/gtest.h>

namespace bulkhead::crypto {
namespace {

TEST(Digest, KnownAnswers) {  // FIPS 180-4 examples
  EXPECT_EQ(sha256_hex(base::as_bytes("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(base::to_hex(digest(Algorithm::kMd5, base::as_bytes(""))),
            "d41d8cd98f00b204e9800998ecf8427e");
  Hasher hasher(Algorithm::kSha1);
  hasher.update(base::as_bytes("a"));
  hasher.update(base::as_bytes("bc"));
  EXPECT_EQ(hasher.finish_hex(), "a9993e364706816aba3e25717850c26c9cd0d89d");
}

TEST(Digest, ParsesOnlyTheExactForm) {
  std::string good = sha256_digest(base::as_bytes("x"));
  EXPECT_EQ(Digest::parse(good)->to_string(), good);
  EXPECT_FALSE(Digest::parse(good.substr(0, 70)));
  EXPECT_FALSE(Digest::parse("sha256:" + std::string(64, 'G')));
  EXPECT_FALSE(Digest::parse("sha256:" + std::string(64, 'A')));
  EXPECT_EQ(Digest::parse("md5:" + std::string(32, 'a')).error().code(), base::Code::kUnsupported);
  EXPECT_FALSE(Digest::parse(""));
}

}  // namespace
}  // namespace bulkhead::crypto
