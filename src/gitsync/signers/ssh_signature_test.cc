// SPDX-License-Identifier: Apache-2.0
// Signatures that ssh-keygen itself makes, of every kind of key.
#include "gitsync/signers/ssh_signature.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <fstream>
#include <memory>

#include "base/text.h"
#include "crypto/digest.h"
#include "tests/support/git_repository.h"
#include "tests/support/temp_dir.h"

namespace bulkhead::gitsync {
namespace {

using testing::file_text;
using testing::make_ssh_key;

class SshSignatureTest : public ::testing::Test {
 protected:
  // The signature of "hello\n".
  std::string sign(const std::string& key_file, const std::string& name_space,
                   const std::string& hash = "sha512") {
    std::string file = directory_ / "message";
    std::ofstream(file) << "hello\n";
    ::unlink((file + ".sig").c_str());
    EXPECT_EQ(testing::run({"ssh-keygen", "-Y", "sign", "-q", "-f", key_file, "-n", name_space,
                            "-O", "hashalg=" + hash, file}),
              0);
    return file_text(file + ".sig");
  }
  testing::TempDir directory_;
};

TEST_F(SshSignatureTest, VerifiesEveryKindOfKey) {
  struct Case {
    const char* type;
    const char* bits;
    const char* hash;
  };
  for (const Case& test : {Case{"ed25519", "", "sha512"}, Case{"ed25519", "", "sha256"},
                           Case{"ecdsa", "256", "sha512"}, Case{"ecdsa", "384", "sha256"},
                           Case{"ecdsa", "521", "sha512"}, Case{"rsa", "2048", "sha256"},
                           Case{"rsa", "3072", "sha512"}}) {
    std::string name = std::string(test.type) + test.bits + test.hash;
    auto key = make_ssh_key(directory_.path(), name, test.type, test.bits);
    std::string armoured = sign(key.private_file, "git", test.hash);
    auto signature = SshSignature::parse(armoured);
    ASSERT_TRUE(signature) << name << ": " << signature.error().message();
    EXPECT_EQ(signature->name_space, "git");
    auto good = signature->verify("hello\n");
    EXPECT_TRUE(good) << name << ": " << good.error().message();
    EXPECT_EQ(signature->verify("hello").error().code(), base::Code::kCorrupt) << name;
    auto words = base::split(key.public_line, ' ');
    auto listed = SshKey::parse_text(words[0], words[1]);
    ASSERT_TRUE(listed) << listed.error().message();
    EXPECT_EQ(listed->wire(), signature->key.wire());
    // As ssh-keygen prints it.
    testing::run({"ssh-keygen", "-l", "-f", key.private_file + ".pub"}, directory_ / "print");
    EXPECT_NE(file_text(directory_ / "print").find(" " + listed->fingerprint() + " "),
              std::string::npos);
  }
}

TEST_F(SshSignatureTest, RefusesAnythingElse) {
  auto key = make_ssh_key(directory_.path(), "key");
  std::string armoured = sign(key.private_file, "git");
  ASSERT_TRUE(SshSignature::parse(armoured));
  auto code = [](const std::string& text) {
    auto parsed = SshSignature::parse(text);
    return parsed ? "good" : std::string(base::code_name(parsed.error().code()));
  };
  EXPECT_EQ(code(""), base::code_name(base::Code::kInvalid));
  EXPECT_EQ(code(armoured + "x"), base::code_name(base::Code::kInvalid));
  EXPECT_EQ(code("x" + armoured), base::code_name(base::Code::kInvalid));
  EXPECT_EQ(code(std::string(100'000, ' ')), base::code_name(base::Code::kLimit));
  // Every flipped bit of the inner bytes is noticed, by the parser or by the check.
  std::string_view body = armoured;
  body.remove_prefix(body.find('\n') + 1);
  body = body.substr(0, body.find("-----END"));
  std::string base64;
  for (char c : body) {
    if (c != '\n') base64.push_back(c);
  }
  base::Bytes blob = *base::from_base64(base64);
  for (size_t i = 0; i < blob.size(); ++i) {
    base::Bytes spoiled = blob;
    spoiled[i] ^= std::byte{4};
    auto parsed = SshSignature::parse("-----BEGIN SSH SIGNATURE-----\n" + base::to_base64(spoiled) +
                                      "\n-----END SSH SIGNATURE-----\n");
    EXPECT_FALSE(parsed && parsed->verify("hello\n")) << i;
  }
}

TEST_F(SshSignatureTest, VerifiesKeysOfSecurityTokens) {
  // No token at hand: what one does (PROTOCOL.u2f) is done with a key made here.
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> pair(
      EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"), EVP_PKEY_free);
  std::string raw(32, '\0');
  size_t size = raw.size();
  ASSERT_EQ(
      EVP_PKEY_get_raw_public_key(pair.get(), reinterpret_cast<unsigned char*>(raw.data()), &size),
      1);
  std::string wire;
  put_ssh_string(wire, "sk-ssh-ed25519@openssh.com");
  put_ssh_string(wire, raw);
  EXPECT_EQ(SshKey::parse(wire).error().code(), base::Code::kInvalid) << "no application";
  put_ssh_string(wire, "ssh:");
  auto key = SshKey::parse(wire);
  ASSERT_TRUE(key) << key.error().message();

  auto sha256 = [](std::string_view text) {
    return std::string(
        base::as_text(crypto::digest(crypto::Algorithm::kSha256, base::as_bytes(text))));
  };
  std::string flags_and_counter("\x01\x00\x00\x00\x2a", 5);
  std::string signed_text = sha256("ssh:") + flags_and_counter + sha256("message");
  std::string value(64, '\0');
  size = value.size();
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                  EVP_MD_CTX_free);
  ASSERT_EQ(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, pair.get()), 1);
  ASSERT_EQ(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(value.data()), &size,
                           reinterpret_cast<const unsigned char*>(signed_text.data()),
                           signed_text.size()),
            1);
  std::string signature;
  put_ssh_string(signature, "sk-ssh-ed25519@openssh.com");
  put_ssh_string(signature, value);
  EXPECT_EQ(key->verify(signature, "message").error().code(), base::Code::kInvalid);
  auto good = key->verify(signature + flags_and_counter, "message");
  EXPECT_TRUE(good) << good.error().message();
  EXPECT_FALSE(key->verify(signature + flags_and_counter, "other"));
  EXPECT_FALSE(key->verify(signature + std::string("\x01\x00\x00\x00\x2b", 5), "message"));
  EXPECT_FALSE(key->verify(signature + flags_and_counter + "x", "message"));
}

TEST_F(SshSignatureTest, NamesWhatIsNotSupported) {
  std::string wire;
  put_ssh_string(wire, "ssh-ed25519-cert-v01@openssh.com");
  EXPECT_NE(SshKey::parse(wire).error().message().find("certificates are not supported"),
            std::string::npos);
  wire.clear();
  put_ssh_string(wire, "ssh-dss");
  EXPECT_EQ(SshKey::parse(wire).error().code(), base::Code::kUnsupported);
  auto weak = make_ssh_key(directory_.path(), "weak", "rsa", "1024");
  auto words = base::split(weak.public_line, ' ');
  EXPECT_NE(SshKey::parse_text(words[0], words[1]).error().message().find("too weak"),
            std::string::npos);
}

}  // namespace
}  // namespace bulkhead::gitsync
