// SPDX-License-Identifier: Apache-2.0
// OpenPGP signatures made by gpg, checked by gpgv.
#include "gitsync/signers/openpgp.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace bulkhead::gitsync {
namespace {

using testing::file_text;

class OpenPgpTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!testing::have_program("gpg") || ::access("/usr/bin/gpgv", X_OK) != 0) {
      GTEST_SKIP() << "needs gpg and gpgv";
    }
    ::mkdir(home().c_str(), 0700);
    ASSERT_EQ(gpg({"--quick-generate-key", "Ada <ada@example.com>", "ed25519", "sign", "never"}),
              0);
    ASSERT_EQ(gpg({"--output", directory_ / "ring.gpg", "--export"}), 0);
    ASSERT_EQ(gpg({"--armor", "--output", directory_ / "ring.asc", "--export"}), 0);
    std::ofstream(directory_ / "message") << "hello\n";
  }
  void TearDown() override { testing::run({"gpgconf", "--homedir", home(), "--kill", "all"}); }
  std::string home() const { return directory_ / "home"; }
  int gpg(std::vector<std::string> arguments) {
    std::vector<std::string> command{
        "gpg",      "--homedir",    home(), "--batch",         "--quiet",
        "--no-tty", "--passphrase", "",     "--pinentry-mode", "loopback"};
    command.insert(command.end(), arguments.begin(), arguments.end());
    return testing::run(command, directory_ / "gpg.log");
  }
  std::string sign(std::vector<std::string> more = {}) {
    std::string out = directory_ / "signature";
    ::unlink(out.c_str());
    more.insert(more.end(), {"--armor", "--detach-sign", "--output", out, directory_ / "message"});
    EXPECT_EQ(gpg(more), 0) << file_text(directory_ / "gpg.log");
    return file_text(out);
  }
  Signature judge(const std::string& armoured, const std::string& payload,
                  const std::string& keyring) {
    Deadline deadline(20'000);
    return judge_openpgp(armoured, payload, keyring, deadline);
  }
  testing::TempDir directory_;
};

TEST_F(OpenPgpTest, VerifiesWithTheGivenKeyring) {
  std::string armoured = sign();
  for (const char* ring : {"ring.gpg", "ring.asc"}) {
    auto good = judge(armoured, "hello\n", directory_ / ring);
    EXPECT_EQ(good.state, SignatureState::kVerified) << ring << ": " << good.reason;
    EXPECT_EQ(good.signer, "Ada <ada@example.com>");
    EXPECT_EQ(good.fingerprint.size(), 40u);
    EXPECT_EQ(good.kind, SignatureKind::kOpenPgp);
  }
  auto altered = judge(armoured, "hello", directory_ / "ring.gpg");
  EXPECT_EQ(altered.state, SignatureState::kBad);
  EXPECT_EQ(altered.reason, "signature does not match what was signed");
}

TEST_F(OpenPgpTest, SaysWhyNot) {
  std::string armoured = sign();
  EXPECT_NE(judge(armoured, "hello\n", "").reason.find("no keyring is given"), std::string::npos);
  EXPECT_NE(judge(armoured, "hello\n", directory_ / "none").reason.find("keyring"),
            std::string::npos);
  std::ofstream(directory_ / "empty.gpg") << "";
  auto unknown = judge(armoured, "hello\n", directory_ / "empty.gpg");
  EXPECT_EQ(unknown.state, SignatureState::kUnverified);
  EXPECT_NE(unknown.reason.find("is not in the keyring"), std::string::npos) << unknown.reason;
  EXPECT_NE(judge("-----BEGIN PGP SIGNATURE-----\nx\n", "hello\n", directory_ / "ring.gpg").state,
            SignatureState::kVerified);
  std::string expired = sign({"--default-sig-expire", "seconds=1"});
  ::sleep(2);
  auto late = judge(expired, "hello\n", directory_ / "ring.gpg");
  EXPECT_EQ(late.state, SignatureState::kUnverified);
  EXPECT_EQ(late.reason, "signature has expired");
}

TEST(GpgvStatus, IsReadClosely) {
  std::string good =
      "[GNUPG:] GOODSIG 0123456789ABCDEF Ada <a@b>\n"
      "[GNUPG:] VALIDSIG FFFF 2026-09-21 1 0 4 0 22 10 00 FFFF\n";
  EXPECT_EQ(read_gpgv_status(good, true).state, SignatureState::kVerified);
  EXPECT_EQ(read_gpgv_status(good, true).fingerprint, "FFFF");
  EXPECT_EQ(read_gpgv_status(good, false).state, SignatureState::kUnverified);
  EXPECT_EQ(read_gpgv_status(good + good, true).state, SignatureState::kUnverified);
  EXPECT_EQ(read_gpgv_status("", true).state, SignatureState::kUnverified);
  EXPECT_EQ(read_gpgv_status("x" + good.substr(0, good.find('\n') + 1), true).state,
            SignatureState::kUnverified);
  EXPECT_EQ(read_gpgv_status("[GNUPG:] GOODSIG 01 A\n", true).state, SignatureState::kUnverified);
  EXPECT_NE(read_gpgv_status("[GNUPG:] REVKEYSIG 01 A\n", true).reason.find("revoked"),
            std::string::npos);
  EXPECT_NE(read_gpgv_status("[GNUPG:] EXPKEYSIG 01 A\n", true).reason.find("expired"),
            std::string::npos);
  // A user id cannot forge a line.
  std::string forged = "[GNUPG:] BADSIG 01 x\\n[GNUPG:] GOODSIG 01 A\n[GNUPG:] VALIDSIG FFFF x\n";
  EXPECT_EQ(read_gpgv_status(forged, true).state, SignatureState::kBad);
}

}  // namespace
}  // namespace bulkhead::gitsync
