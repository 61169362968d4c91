// SPDX-License-Identifier: Apache-2.0
// Servers that misbehave, and how we show who we are.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/text.h"
#include "gitsync/gitsync.h"
#include "tests/support/git_repository.h"
#include "tests/support/git_server.h"
#include "tests/support/temp_dir.h"

namespace bulkhead::gitsync {
namespace {

using base::Code;
using testing::GitRepository;
using testing::GitServer;

class ServerTest : public ::testing::Test {
 protected:
  ServerTest() : repository_(directory_ / "origin") {
    repository_.write("policy.yaml", "packs: []\n");
    first_ = repository_.commit("Begin");
    server_ = std::make_unique<GitServer>(repository_.path());
    remote_.url = server_->url();
    options_.retry.max_attempts = 1;
    options_.sleep = [](uint32_t) {};
  }
  base::Result<Commit> pull_now() {
    net::HttpClient http(options_);
    base::FixedClock clock(1'790'001'000);
    return pull(remote_, directory_ / "cache", limits_, {http, clock});
  }
  std::string refusal() {
    auto commit = pull_now();
    return commit ? "accepted " + commit->id : commit.error().message();
  }
  std::string write(const std::string& name, const std::string& text) {
    std::ofstream(directory_ / name) << text;
    return directory_ / name;
  }

  testing::TempDir directory_;
  GitRepository repository_;
  std::unique_ptr<GitServer> server_;
  net::HttpOptions options_;
  Remote remote_;
  Limits limits_;
  std::string first_;
};

TEST_F(ServerTest, FetchesNoHistory) {
  repository_.commit("Two");
  std::string third = repository_.commit("Three");
  ASSERT_EQ(pull_now()->id, third);
  auto seen = server_->seen();
  ASSERT_EQ(seen.size(), 3u);  // greeting, refs, pack
  EXPECT_NE(seen[1].body.find("ref-prefix HEAD"), std::string::npos);
  EXPECT_NE(seen[2].body.find("deepen 1"), std::string::npos);
  // Nothing new: no pack is asked for.
  ASSERT_TRUE(pull_now());
  EXPECT_EQ(server_->seen().size(), 5u);
}

TEST_F(ServerTest, AsksForCommitsAloneToSeeTheWay) {
  ASSERT_TRUE(pull_now());
  repository_.commit("Two");
  ASSERT_TRUE(pull_now());
  EXPECT_NE(server_->seen().back().body.find("filter tree:0"), std::string::npos);
  repository_.git({"config", "uploadpack.allowFilter", "false"});
  repository_.commit("Three");
  auto commit = pull_now();
  ASSERT_TRUE(commit) << commit.error().message();
  EXPECT_EQ(commit->movement, Movement::kForward);
  EXPECT_EQ(server_->seen().back().body.find("filter"), std::string::npos);
}

TEST_F(ServerTest, ShowsItsToken) {
  GitServer::Behaviour behaviour;
  behaviour.authorization = "Basic bWU6czNjcmV0";  // me:s3cret
  server_->set(behaviour);
  EXPECT_NE(refusal().find("wants credentials"), std::string::npos);
  remote_.credentials.token_file = write("token", "s3cret\n");
  remote_.credentials.user = "me";
  ASSERT_TRUE(pull_now()) << refusal();
  remote_.credentials.token_file = write("wrong", "wr0ng\n");
  std::string message = refusal();
  EXPECT_NE(message.find("refuses the token"), std::string::npos) << message;
  EXPECT_EQ(message.find("wr0ng"), std::string::npos) << message;
  behaviour.authorization = "Bearer s3cret";
  server_->set(behaviour);
  remote_.credentials.token_file = directory_ / "token";
  remote_.credentials.bearer = true;
  EXPECT_TRUE(pull_now()) << refusal();
  remote_.credentials.token_file = write("two", "a\nb\n");
  EXPECT_NE(refusal().find("not one line"), std::string::npos);
  remote_.credentials.token_file = directory_ / "none";
  EXPECT_NE(refusal().find("token file"), std::string::npos);
}

TEST_F(ServerTest, FollowsRedirectsWithinTheHost) {
  GitServer::Behaviour behaviour;
  behaviour.redirect = "/repo.git/info/refs?service=git-upload-pack";
  server_->set(behaviour);
  ASSERT_TRUE(pull_now()) << refusal();
  EXPECT_EQ(server_->seen().back().target, "/repo.git/git-upload-pack");

  GitServer other(repository_.path());
  behaviour.redirect = other.url() + "/info/refs?service=git-upload-pack";
  server_->set(behaviour);
  std::filesystem::remove_all(directory_ / "cache");
  EXPECT_NE(refusal().find("redirect to another host"), std::string::npos);
  EXPECT_TRUE(other.seen().empty());
  behaviour.redirect = "/repo/elsewhere";
  server_->set(behaviour);
  EXPECT_FALSE(pull_now());
}

TEST_F(ServerTest, SaysWhatIsNoRepository) {
  remote_.url += "-not";
  remote_.url.replace(remote_.url.find("/repo"), 5, "/none");
  EXPECT_NE(refusal().find("there is no such repository"), std::string::npos);
  remote_.url = server_->url();
  GitServer::Behaviour behaviour;
  behaviour.content_type = "text/html";
  server_->set(behaviour);
  EXPECT_NE(refusal().find("no git repository over smart HTTP"), std::string::npos);
  repository_.git({"checkout", "-q", "--orphan", "empty"});
  behaviour.content_type.clear();
  server_->set(behaviour);
  EXPECT_NE(refusal().find("the repository is empty"), std::string::npos);
}

TEST_F(ServerTest, RefusesBrokenPacks) {
  ASSERT_TRUE(pull_now());
  repository_.write("policy.yaml", "packs: [x]\n");
  std::string second = repository_.commit("Two");
  auto still = [&] { return in_force(remote_, directory_ / "cache", limits_)->id; };
  std::string pack_head = "packfile\n";
  GitServer::Behaviour behaviour;
  for (size_t cut : {1, 4, 5, 20, 30, 100}) {
    behaviour = {};
    behaviour.cut_answer = cut;
    server_->set(behaviour);
    EXPECT_FALSE(pull_now()) << cut;
    EXPECT_EQ(still(), first_);
  }
  // Bits of the trailer, of the last object and of the one before.
  for (size_t at = 5; at < 120; at += 3) {
    behaviour = {};
    behaviour.spoil_answer = at;
    server_->set(behaviour);
    auto commit = pull_now();
    EXPECT_FALSE(commit) << at;
    EXPECT_EQ(still(), first_) << at;
  }
  for (std::string answer : {"garbage", "0000", "000dpackfile\n0009\x01PACK0000"}) {
    behaviour = {};
    behaviour.answer = answer;
    server_->set(behaviour);
    EXPECT_FALSE(pull_now()) << answer;
    EXPECT_EQ(still(), first_);
  }
  server_->set({});
  EXPECT_EQ(pull_now()->id, second);
}

TEST_F(ServerTest, GivesUpOnASlowServer) {
  GitServer::Behaviour behaviour;
  behaviour.piece_delay_ms = 400;
  server_->set(behaviour);
  limits_.timeout_ms = 1'500;
  auto commit = pull_now();
  ASSERT_FALSE(commit);
  EXPECT_EQ(commit.error().code(), Code::kTimeout) << commit.error().message();
}

TEST_F(ServerTest, PullsOverTls13) {
  std::string key = directory_ / "key.pem";
  std::string certificate = directory_ / "cert.pem";
  ASSERT_EQ(
      testing::run({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=test",
                    "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate}),
      0);
  std::string log = directory_ / "proxy.log";
  testing::Process proxy({"python3", BULKHEAD_SOURCE_DIR "/tests/support/tls_proxy.py", certificate,
                          key, std::to_string(server_->port())},
                         log);
  ASSERT_TRUE(testing::wait_for([&] {
    return testing::file_text(log).starts_with("listening ") &&
           testing::file_text(log).ends_with("\n");
  }));
  std::string port(base::trim(testing::file_text(log).substr(10)));
  remote_.url = "https://127.0.0.1:" + port + "/repo";
  EXPECT_FALSE(pull_now()) << "its certificate is not trusted";
  options_.ca_file = certificate;
  auto commit = pull_now();
  ASSERT_TRUE(commit) << commit.error().message();
  EXPECT_EQ(commit->id, first_);
}

TEST_F(ServerTest, NamesARepositoryOfAnotherHash) {
  std::filesystem::remove_all(repository_.path());
  std::filesystem::create_directories(repository_.path());
  repository_.git({"init", "-q", "-b", "main", "--object-format=sha256"});
  repository_.git({"config", "user.name", "Ada"});
  repository_.git({"config", "user.email", "ada@example.com"});
  repository_.commit("Begin");
  EXPECT_NE(refusal().find("only sha1 is supported"), std::string::npos) << refusal();
  remote_.url = repository_.path();
  EXPECT_FALSE(pull_now());
}

}  // namespace
}  // namespace bulkhead::gitsync
