// SPDX-License-Identifier: Apache-2.0
// Pulls over SSH from a real sshd on loopback, which the test starts and ends.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "gitsync/gitsync.h"
#include "gitsync/wire/ssh_session.h"
#include "net/tcp.h"
#include "tests/support/git_repository.h"
#include "tests/support/temp_dir.h"

#if defined(__has_feature)  // clang's way to say what g++ says by __SANITIZE_ADDRESS__
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/lsan_interface.h>
#else
static void __lsan_disable() {}
static void __lsan_enable() {}
#endif

namespace bulkhead::gitsync {
namespace {

using base::Code;
using testing::GitRepository;
using testing::make_ssh_key;
using testing::Process;
using testing::SshKeyPair;

constexpr const char* kSshd = "/usr/sbin/sshd";

uint16_t free_port() {
  int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  EXPECT_EQ(::bind(fd, reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size), 0);
  ::close(fd);
  return ntohs(address.sin_port);
}

class SshTest : public ::testing::Test {
 protected:
  SshTest() : repository_(directory_ / "it's a repo!") {}

  void SetUp() override {
    if (::access(kSshd, X_OK) != 0 || ::geteuid() != 0) GTEST_SKIP() << "needs sshd, and root";
    repository_.write("policy.yaml", "packs: []\n");
    first_ = repository_.commit("Begin");
    user_key_ = make_ssh_key(directory_.path(), "user");
    host_key_ = make_ssh_key(directory_.path(), "host");
    host_ecdsa_ = make_ssh_key(directory_.path(), "host-ecdsa", "ecdsa", "256");
    write("authorized", user_key_.public_line + "\n");
    start("AcceptEnv GIT_PROTOCOL\n");
    remote_.url = "ssh://" + user() + "@127.0.0.1:" + std::to_string(port_) + repository_.path();
    remote_.credentials.ssh_key_file = user_key_.private_file;
    remote_.credentials.known_hosts_file = write("known_hosts", known(host_key_));
  }
  std::string write(const std::string& name, const std::string& text) {
    std::ofstream(directory_ / name) << text;
    ::chmod((directory_ / name).c_str(), 0600);
    return directory_ / name;
  }
  std::string user() const { return ::getpwuid(::geteuid())->pw_name; }
  std::string known(const SshKeyPair& key) const {
    return "[127.0.0.1]:" + std::to_string(port_) + " " + key.public_line + "\n";
  }
  void start(const std::string& more) {
    sshd_.reset();
    if (port_ == 0) port_ = free_port();
    ::mkdir("/run/sshd", 0755);
    std::string config =
        write("sshd_config", "ListenAddress 127.0.0.1:" + std::to_string(port_) + "\nHostKey " +
                                 host_key_.private_file + "\nHostKey " + host_ecdsa_.private_file +
                                 "\nAuthorizedKeysFile " + directory_.path() +
                                 "/authorized\nPidFile none\nUsePAM no\nStrictModes no\n"
                                 "PasswordAuthentication no\nKbdInteractiveAuthentication no\n"
                                 "PermitRootLogin yes\nLogLevel VERBOSE\n" +
                                 more);
    sshd_ = std::make_unique<Process>(std::vector<std::string>{kSshd, "-D", "-e", "-f", config},
                                      directory_ / "sshd.log");
    ASSERT_TRUE(testing::wait_for([&] {
      return net::connect_tcp("127.0.0.1", port_, 1000).has_value();
    })) << testing::file_text(directory_ / "sshd.log");
  }
  base::Result<Commit> pull_now() {
    net::HttpClient http({});
    base::FixedClock clock(1'790'001'000);
    return pull(remote_, directory_ / "cache", limits_, {http, clock});
  }
  std::string refusal() {
    auto commit = pull_now();
    return commit ? "accepted " + commit->id : commit.error().message();
  }
  void expect_refusal(const std::string& part) {
    std::string message = refusal();
    EXPECT_NE(message.find(part), std::string::npos) << message;
  }

  testing::TempDir directory_;
  GitRepository repository_;
  SshKeyPair user_key_;
  SshKeyPair host_key_;
  SshKeyPair host_ecdsa_;
  std::unique_ptr<Process> sshd_;
  uint16_t port_ = 0;
  Remote remote_;
  Limits limits_;
  std::string first_;
};

TEST_F(SshTest, Pulls) {
  auto commit = pull_now();
  ASSERT_TRUE(commit) << commit.error().message() << testing::file_text(directory_ / "sshd.log");
  EXPECT_EQ(commit->id, first_);
  EXPECT_EQ(read_tree(remote_, directory_ / "cache", first_, limits_)->files["policy.yaml"],
            "packs: []\n");
  repository_.commit("Two");
  std::string third = repository_.commit("Three");
  commit = pull_now();
  ASSERT_TRUE(commit) << commit.error().message();
  EXPECT_EQ(commit->id, third);
  EXPECT_EQ(commit->movement, Movement::kForward);

  // A server that speaks version 0 only.
  start("");
  std::string fourth = repository_.commit("Four");
  commit = pull_now();
  ASSERT_TRUE(commit) << commit.error().message();
  EXPECT_EQ(commit->id, fourth);
  EXPECT_EQ(commit->movement, Movement::kForward);
}

TEST_F(SshTest, ChecksTheHost) {
  remote_.credentials.known_hosts_file = write("none", "");
  testing::run({"ssh-keygen", "-l", "-f", host_key_.private_file + ".pub"}, directory_ / "print");
  std::string print = testing::file_text(directory_ / "print");
  print = print.substr(print.find("SHA256:"), 50);
  expect_refusal("shows the key " + print + ", which is not in ");

  auto other = make_ssh_key(directory_.path(), "other");
  remote_.credentials.known_hosts_file = write("changed", known(other));
  expect_refusal("somebody may be in between");
  remote_.credentials.known_hosts_file = write("revoked", "@revoked " + known(host_key_));
  expect_refusal("is revoked");
  auto rsa = make_ssh_key(directory_.path(), "rsa", "rsa", "2048");
  remote_.credentials.known_hosts_file = write("rsa-only", known(rsa));
  expect_refusal("add its ssh-ed25519 key");
  remote_.credentials.known_hosts_file = directory_ / "missing";
  expect_refusal("known hosts");
  // The host shows the key by which it is known, though it has a better one.
  remote_.credentials.known_hosts_file = write("ecdsa", known(host_ecdsa_));
  EXPECT_TRUE(pull_now()) << refusal();
}

TEST_F(SshTest, ShowsWhoWeAre) {
  auto stranger = make_ssh_key(directory_.path(), "stranger");
  remote_.credentials.ssh_key_file = stranger.private_file;
  expect_refusal("was not accepted for " + user());
  auto rsa = make_ssh_key(directory_.path(), "rsa", "rsa", "2048");
  remote_.credentials.ssh_key_file = rsa.private_file;
  expect_refusal("is an RSA key");
  ASSERT_EQ(testing::run({"ssh-keygen", "-q", "-p", "-m", "PEM", "-N", "", "-f", rsa.private_file}),
            0);
  expect_refusal("is an RSA key");
  remote_.credentials.ssh_key_file = directory_ / "missing";
  expect_refusal("SSH key");
  remote_.credentials.ssh_key_file = write("garbage",
                                           "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n"
                                           "-----END OPENSSH PRIVATE KEY-----\n");
  expect_refusal("is malformed");
  remote_.credentials.ssh_key_file.clear();
  expect_refusal("needs a key file or the agent");

  auto locked = make_ssh_key(directory_.path(), "locked", "ed25519", "", "open sesame");
  auto ecdsa = make_ssh_key(directory_.path(), "ecdsa", "ecdsa", "384");
  write("authorized", locked.public_line + "\n" + ecdsa.public_line + "\n");
  remote_.credentials.ssh_key_file = locked.private_file;
  expect_refusal("was not accepted");
  remote_.credentials.ssh_passphrase_file = write("passphrase", "open sesame\n");
  EXPECT_TRUE(pull_now()) << refusal();
  remote_.credentials.ssh_passphrase_file.clear();
  remote_.credentials.ssh_key_file = ecdsa.private_file;
  // libssh2 1.10 forgets two numbers of each ECDSA key that it reads in OpenSSH's form.
  __lsan_disable();
  EXPECT_TRUE(pull_now()) << refusal();
  __lsan_enable();
}

TEST_F(SshTest, AsksTheAgent) {
  remote_.credentials.ssh_key_file.clear();
  remote_.credentials.ssh_agent = true;
  std::string socket = directory_ / "agent";
  ::setenv("SSH_AUTH_SOCK", socket.c_str(), 1);
  expect_refusal("there is no SSH agent");
  Process agent({"ssh-agent", "-D", "-a", socket}, directory_ / "agent.log");
  ASSERT_TRUE(testing::wait_for([&] { return std::filesystem::exists(socket); }));
  auto rsa = make_ssh_key(directory_.path(), "rsa", "rsa", "2048");
  auto stranger = make_ssh_key(directory_.path(), "stranger");
  ASSERT_EQ(testing::run({"ssh-add", "-q", rsa.private_file, stranger.private_file}), 0);
  expect_refusal("none of the SSH agent's Ed25519 and ECDSA keys was accepted");
  ASSERT_EQ(testing::run({"ssh-add", "-q", user_key_.private_file}), 0);
  EXPECT_TRUE(pull_now()) << refusal();
  ::unsetenv("SSH_AUTH_SOCK");
}

TEST_F(SshTest, SaysWhatTheServerSays) {
  remote_.url += "/none";
  expect_refusal("none' does not appear to be a git repository");
}

TEST_F(SshTest, GivesUpOnASilentServer) {
  // A listener that never answers.
  int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  ASSERT_EQ(::bind(fd, reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(::listen(fd, 1), 0);
  ASSERT_EQ(::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size), 0);
  remote_.url = "ssh://me@127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/x";
  limits_.timeout_ms = 500;
  auto commit = pull_now();
  ::close(fd);
  ASSERT_FALSE(commit);
  EXPECT_EQ(commit.error().code(), Code::kTimeout) << commit.error().message();
}

}  // namespace
}  // namespace bulkhead::gitsync
