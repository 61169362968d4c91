// SPDX-License-Identifier: Apache-2.0
// Pulls from real repositories, over a path and over HTTP.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "gitsync/gitsync.h"
#include "tests/support/git_repository.h"
#include "tests/support/git_server.h"
#include "tests/support/temp_dir.h"

namespace bulkhead::gitsync {
namespace {

using base::Code;
using testing::GitRepository;
using testing::GitServer;
using testing::make_ssh_key;

constexpr base::UnixTime kNow = 1'790'001'000;  // a little after the commits

class PullTest : public ::testing::TestWithParam<const char*> {
 protected:
  PullTest() : repository_(directory_ / "origin") {
    options_.retry.max_attempts = 1;
    options_.sleep = [](uint32_t) {};
  }
  void SetUp() override {
    repository_.write("policy.yaml", "packs: []\n");
    repository_.write("rules/root.rego", "package bulkhead.build\n");
    first_ = repository_.commit("Begin");
    server_ = std::make_unique<GitServer>(repository_.path());
    std::string way = GetParam();
    remote_.url = way == "path" ? repository_.path() : server_->url();
    GitServer::Behaviour behaviour;
    behaviour.version_2 = way != "http-v0";
    server_->set(behaviour);
  }
  base::Result<Commit> pull_now() {
    net::HttpClient http(options_);
    base::FixedClock clock(now_);
    return pull(remote_, cache(), limits_, {http, clock});
  }
  base::Result<std::string> tip_now() {
    net::HttpClient http(options_);
    base::FixedClock clock(now_);
    return remote_tip(remote_, limits_, {http, clock});
  }
  std::string cache() const { return directory_ / "cache"; }
  std::string in_force_now() {
    auto commit = in_force(remote_, cache(), limits_);
    return commit ? commit->id : commit.error().message();
  }
  void expect_refused(const std::string& message, const std::string& still) {
    auto refused = pull_now();
    ASSERT_FALSE(refused) << refused->id;
    EXPECT_NE(refused.error().message().find(message), std::string::npos)
        << refused.error().message();
    EXPECT_EQ(in_force_now(), still);
  }

  testing::TempDir directory_;
  GitRepository repository_;
  std::unique_ptr<GitServer> server_;
  net::HttpOptions options_;
  Remote remote_;
  Limits limits_;
  base::UnixTime now_ = kNow;
  std::string first_;
};

INSTANTIATE_TEST_SUITE_P(Ways, PullTest, ::testing::Values("path", "http", "http-v0"),
                         [](const auto& suffix) {
                           std::string name = suffix.param;
                           std::erase(name, '-');
                           return name;
                         });

TEST_P(PullTest, BringsACommitIntoForce) {
  auto commit = pull_now();
  ASSERT_TRUE(commit) << commit.error().message();
  EXPECT_EQ(commit->id, first_);
  EXPECT_EQ(commit->tip, first_);
  EXPECT_EQ(commit->tree, repository_.head("HEAD^{tree}"));
  EXPECT_EQ(commit->author.name, "Ada");
  EXPECT_EQ(commit->author.email, "ada@example.com");
  EXPECT_EQ(commit->committer.time, 1'790'000'000);
  EXPECT_EQ(commit->subject, "Begin");
  EXPECT_EQ(commit->signature.kind, SignatureKind::kNone);
  EXPECT_EQ(commit->movement, Movement::kFirst);

  auto tree = read_tree(remote_, cache(), first_, limits_);
  ASSERT_TRUE(tree) << tree.error().message();
  EXPECT_EQ(tree->files.size(), 2u);
  EXPECT_EQ(tree->files["policy.yaml"], "packs: []\n");
  EXPECT_EQ(tree->files["rules/root.rego"], "package bulkhead.build\n");
  EXPECT_TRUE(tree->diagnostics.empty());

  struct stat info{};
  ASSERT_EQ(::stat(cache().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700u);
}

TEST_P(PullTest, FollowsTheBranch) {
  ASSERT_TRUE(pull_now());
  EXPECT_EQ(*tip_now(), first_);
  auto same = pull_now();
  ASSERT_TRUE(same);
  EXPECT_EQ(same->movement, Movement::kSame);

  repository_.write("policy.yaml", "packs: [licences]\n");
  repository_.commit("Two\n\nBecause.\n\nReviewed-by: Bob <b@example.com>\nSigned-off-by: Ada");
  std::string third = repository_.commit("Three");
  EXPECT_EQ(*tip_now(), third);
  EXPECT_EQ(in_force_now(), first_);
  auto commit = pull_now();
  ASSERT_TRUE(commit) << commit.error().message();
  EXPECT_EQ(commit->id, third);
  EXPECT_EQ(commit->movement, Movement::kForward);
  EXPECT_EQ(commit->previous, first_);
  EXPECT_EQ(in_force_now(), third);
  EXPECT_EQ(read_tree(remote_, cache(), third, limits_)->files["policy.yaml"],
            "packs: [licences]\n");
  // The one before stays readable, for whoever is still reading it.
  EXPECT_TRUE(read_tree(remote_, cache(), first_, limits_));
}

TEST_P(PullTest, RefusesToGoBack) {
  std::string second = repository_.commit("Two");
  ASSERT_EQ(pull_now()->id, second);
  repository_.git({"reset", "-q", "--hard", first_});
  expect_refused("does not descend from " + second, second);
  std::string other = repository_.commit("Another two");
  expect_refused("does not descend from " + second, second);
  remote_.allow_rewind = true;
  auto commit = pull_now();
  ASSERT_TRUE(commit) << commit.error().message();
  EXPECT_EQ(commit->id, other);
  EXPECT_EQ(commit->movement, Movement::kRewound);
  EXPECT_EQ(commit->previous, second);
}

TEST_P(PullTest, SeesALongWayForward) {
  ASSERT_TRUE(pull_now());
  for (int i = 0; i < 70; ++i) repository_.commit("Step");
  auto commit = pull_now();
  ASSERT_TRUE(commit) << commit.error().message();
  EXPECT_EQ(commit->movement, Movement::kForward);
}

TEST_P(PullTest, TakesBranchesTagsAndIds) {
  repository_.git({"tag", "v1"});
  repository_.git({"tag", "-a", "v1a", "-m", "one"});
  repository_.git({"branch", "old"});
  std::string unnamed = repository_.commit("Two");
  std::string last = repository_.commit("Three");
  for (std::string ref : {"old", "v1", "v1a", "refs/heads/old", "refs/tags/v1a"}) {
    remote_.ref = ref;
    auto commit = pull_now();
    ASSERT_TRUE(commit) << ref << ": " << commit.error().message();
    EXPECT_EQ(commit->id, first_) << ref;
    EXPECT_EQ(commit->tag, ref.ends_with("v1a") ? "v1a" : "") << ref;
    EXPECT_EQ(*tip_now(), commit->tip) << ref;
    EXPECT_EQ(in_force_now(), first_) << ref;
    EXPECT_EQ(pull_now()->movement, Movement::kSame) << ref;
  }
  remote_.ref = last;
  auto tip = pull_now();
  ASSERT_TRUE(tip) << tip.error().message();
  EXPECT_EQ(tip->id, last);
  remote_.ref = unnamed;
  auto inner = pull_now();
  if (std::string(GetParam()) == "http-v0") {
    ASSERT_FALSE(inner);
    EXPECT_NE(inner.error().message().find("gives only what a branch or tag names"),
              std::string::npos);
  } else {
    ASSERT_TRUE(inner) << inner.error().message();
    EXPECT_EQ(inner->id, unnamed);
  }
}

TEST_P(PullTest, SaysWhatIsNotThere) {
  auto message = [&](const std::string& ref) {
    remote_.ref = ref;
    auto commit = pull_now();
    return commit ? commit->id : commit.error().message();
  };
  EXPECT_NE(message("nowhere").find("there is no branch or tag \"nowhere\""), std::string::npos);
  EXPECT_NE(message("a..b").find("is no name of a branch or tag"), std::string::npos);
  repository_.git({"branch", "both"});
  repository_.git({"tag", "both"});
  EXPECT_NE(message("both").find("say refs/heads/both or refs/tags/both"), std::string::npos);
  remote_.ref.clear();
  remote_.subdirectory = "no/such";
  EXPECT_EQ(pull_now().error().code(), Code::kNotFound);
  remote_.subdirectory = "../x";
  EXPECT_EQ(pull_now().error().code(), Code::kInvalid);
  remote_.subdirectory.clear();
  EXPECT_NE(in_force_now().find("nothing was pulled yet"), std::string::npos);
}

TEST_P(PullTest, ReadsASubdirectory) {
  remote_.subdirectory = "rules";
  auto commit = pull_now();
  ASSERT_TRUE(commit) << commit.error().message();
  auto tree = read_tree(remote_, cache(), commit->id, limits_);
  ASSERT_TRUE(tree);
  EXPECT_EQ(tree->files.size(), 1u);
  EXPECT_TRUE(tree->files.contains("root.rego"));
}

TEST_P(PullTest, ReportsLinksAndSubmodules) {
  std::filesystem::create_symlink("/etc/passwd", repository_.path() + "/rules/link");
  repository_.git({"add", "-A"});
  repository_.git({"update-index", "--add", "--cacheinfo", "160000," + first_ + ",module"});
  repository_.write("Policy.yaml", "clash\n");
  repository_.git({"add", "Policy.yaml"});
  repository_.git({"commit", "-q", "-m", "Links"});
  auto commit = pull_now();
  ASSERT_TRUE(commit) << commit.error().message();
  auto tree = read_tree(remote_, cache(), commit->id, limits_);
  ASSERT_TRUE(tree);
  EXPECT_EQ(tree->files.size(), 3u);
  EXPECT_EQ(tree->links, (std::map<std::string, std::string>{{"rules/link", "/etc/passwd"}}));
  std::vector<std::string> kinds;
  for (const auto& diagnostic : tree->diagnostics.all()) {
    kinds.push_back(diagnostic.kind + " " + diagnostic.where);
  }
  std::ranges::sort(kinds);
  EXPECT_EQ(kinds, (std::vector<std::string>{"case-clash policy.yaml", "submodule module",
                                             "symlink rules/link"}));
}

TEST_P(PullTest, WhatTheCallerRefusesMovesNothing) {
  ASSERT_TRUE(pull_now());
  net::HttpClient http({});
  base::FixedClock clock(1'790'001'000);
  std::string asked;
  auto pull_if = [&](bool fine) {
    return pull(remote_, cache(), limits_, {http, clock},
                [&](const Commit& commit, const Tree& tree) -> base::Status {
                  asked = commit.id + " " + std::to_string(tree.files.size());
                  return fine ? base::Status() : base::Error(Code::kInvalid, "not this one");
                });
  };
  EXPECT_TRUE(pull_if(true));
  EXPECT_EQ(asked, first_ + " 2");  // also about what is in force
  std::string second = repository_.commit("Two");
  auto refused = pull_if(false);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message().find("not this one"), std::string::npos);
  EXPECT_EQ(asked, second + " 2");
  EXPECT_EQ(in_force_now(), first_);
  // What replaces it descends from what is in force, not from what was refused.
  repository_.git({"reset", "-q", "--hard", first_});
  repository_.write("more.yaml", "x: 1\n");
  std::string third = repository_.commit("Three");
  auto taken = pull_if(true);
  ASSERT_TRUE(taken) << taken.error().message();
  EXPECT_EQ(taken->id, third);
  EXPECT_EQ(taken->previous, first_);
}

TEST_P(PullTest, KeepsTheLastGoodCommitWithinLimits) {
  ASSERT_TRUE(pull_now());
  repository_.write("large.bin", std::string(200'000, 'x'));
  repository_.write("deep/a/b/c/d/e/f", "x");
  repository_.commit("Large and deep");
  Limits normal = limits_;
  limits_.max_file_bytes = 100'000;
  expect_refused("large.bin", first_);
  limits_ = normal;
  limits_.max_object_bytes = 100'000;
  expect_refused("an object of 200000 bytes", first_);
  limits_ = normal;
  limits_.max_unpacked_bytes = 100'000;
  expect_refused("together", first_);
  limits_ = normal;
  limits_.max_pack_bytes = 300;
  expect_refused("", first_);
  limits_ = normal;
  limits_.max_objects = 3;
  expect_refused("", first_);
  limits_ = normal;
  limits_.max_files = 5;
  expect_refused("more than 5 files", first_);
  limits_ = normal;
  limits_.max_depth = 4;
  expect_refused("nested more than 4 deep", first_);
  limits_ = normal;
  EXPECT_TRUE(pull_now());
}

TEST_P(PullTest, RefusesNamesOfAttacks) {
  ASSERT_TRUE(pull_now());
  std::string blob = repository_.store("blob", "x");
  auto raw = base::from_hex(blob);
  for (std::string name : {"..", ".", ".git", ".GIT", "git~1", "a\\b", "a\nb", "\xff"}) {
    std::string tree = "100644 " + name + std::string(1, '\0') + std::string(base::as_text(*raw));
    std::string id = repository_.store("tree", tree);
    std::string commit = repository_.git({"commit-tree", id, "-p", first_, "-m", "Attack"});
    repository_.git({"update-ref", "refs/heads/main", commit});
    expect_refused("commit " + commit, first_);
  }
}

TEST_P(PullTest, RefusesMalformedTrees) {
  ASSERT_TRUE(pull_now());
  std::string blob = repository_.store("blob", "x");
  std::string raw(base::as_text(*base::from_hex(blob)));
  std::string nul(1, '\0');
  std::string cases[] = {
      "100644 b" + nul + raw + "100644 a" + nul + raw,  // not sorted
      "100644 a" + nul + raw + "100644 a" + nul + raw,  // twice
      "100644 a/b" + nul + raw,                         // a slash
      "170000 a" + nul + raw,                           // no such mode
      "100644 " + nul + raw,                            // no name
      "100644 a" + nul + raw.substr(1),                 // cut off
  };
  for (const std::string& tree : cases) {
    std::string id = repository_.store("tree", tree);
    std::string commit = repository_.store(
        "commit", "tree " + id + "\nparent " + first_ +
                      "\nauthor A <a> 1 +0000\ncommitter A <a> 1 +0000\n\nAttack\n");
    std::string ref = repository_.path() + "/.git/refs/heads/main";
    testing::run({"sh", "-c", "echo " + commit + " > " + ref});
    auto refused = pull_now();
    EXPECT_FALSE(refused) << base::printable(tree, 100);
    EXPECT_EQ(in_force_now(), first_);
  }
}

TEST_P(PullTest, RunsNothingOfTheRepository) {
  std::string mark = directory_ / "ran";
  std::string script = "#!/bin/sh\ntouch " + mark + "\n";
  for (const char* hook : {"post-checkout", "pre-push", "post-merge", "reference-transaction"}) {
    std::string file = repository_.path() + "/.git/hooks/" + hook;
    repository_.write(std::string(".git/hooks/") + hook, script);
    std::filesystem::permissions(file, std::filesystem::perms::all);
  }
  repository_.write(".gitattributes", "* filter=evil text=auto\n");
  repository_.write("crlf", "a\r\nb\r\n");
  repository_.git({"-c", "core.hooksPath=/dev/null", "add", "-A"});
  repository_.git({"-c", "core.hooksPath=/dev/null", "commit", "-q", "-m", "Hooks"});
  repository_.git({"config", "filter.evil.smudge", "touch " + mark});
  repository_.git({"config", "core.fsmonitor", "touch " + mark});
  std::filesystem::remove(mark);
  auto commit = pull_now();
  ASSERT_TRUE(commit) << commit.error().message();
  ASSERT_TRUE(read_tree(remote_, cache(), commit->id, limits_));
  EXPECT_FALSE(std::filesystem::exists(mark));
}

TEST_P(PullTest, RecoversADamagedGeneration) {
  ASSERT_TRUE(pull_now());
  for (const auto& entry : std::filesystem::recursive_directory_iterator(cache())) {
    if (entry.path().extension() == ".pack") std::filesystem::remove(entry.path());
  }
  EXPECT_FALSE(read_tree(remote_, cache(), first_, limits_));
  auto commit = pull_now();
  ASSERT_TRUE(commit) << commit.error().message();
  EXPECT_TRUE(read_tree(remote_, cache(), first_, limits_));
}

TEST_P(PullTest, RefusesACacheOfOthers) {
  ASSERT_TRUE(pull_now());
  std::filesystem::permissions(cache(), std::filesystem::perms::all);
  EXPECT_EQ(pull_now().error().code(), Code::kDenied);
}

TEST_P(PullTest, AcceptsOnlyAllowedSigners) {
  remote_.require_signed = true;
  auto alice = make_ssh_key(directory_.path(), "alice");
  auto eve = make_ssh_key(directory_.path(), "eve");
  remote_.allowed_signers = "alice@example.com namespaces=\"git\" " + alice.public_line + "\n";
  auto unsigned_commit = pull_now();
  ASSERT_FALSE(unsigned_commit);
  EXPECT_NE(unsigned_commit.error().message().find("there is no signature"), std::string::npos);

  std::string good = repository_.commit("Signed", alice.private_file);
  auto commit = pull_now();
  ASSERT_TRUE(commit) << commit.error().message();
  EXPECT_EQ(commit->signature.kind, SignatureKind::kSsh);
  EXPECT_EQ(commit->signature.state, SignatureState::kVerified);
  EXPECT_EQ(commit->signature.signer, "alice@example.com");
  EXPECT_TRUE(commit->signature.fingerprint.starts_with("SHA256:"));
  EXPECT_EQ(commit->signature.reason, "");

  repository_.commit("By Eve", eve.private_file);
  expect_refused("not among the allowed signers", good);
  repository_.git({"reset", "-q", "--hard", good});

  // The same signature over another text.
  std::string object = repository_.git({"cat-file", "commit", good}) + "\n";
  auto at = object.find("Signed");
  object.replace(at, 6, "Forged");
  std::string forged = repository_.store("commit", object);
  repository_.git({"update-ref", "refs/heads/main", forged});
  expect_refused("signature does not match what was signed", good);
  repository_.git({"update-ref", "refs/heads/main", good});

  // A key that no longer may sign: what it signed is not used any more, and not lost either.
  remote_.revoked_keys = alice.public_line;
  EXPECT_NE(pull_now().error().message().find("is revoked"), std::string::npos);
  EXPECT_EQ(in_force(remote_, cache(), limits_).error().code(), Code::kDenied);
  remote_.require_signed = false;
  EXPECT_EQ(in_force(remote_, cache(), limits_)->signature.state, SignatureState::kUnverified);
  remote_.require_signed = true;
  remote_.revoked_keys.clear();
  ASSERT_TRUE(pull_now());
}

TEST_P(PullTest, JudgesTheTimeOfSigning) {
  remote_.require_signed = true;
  auto alice = make_ssh_key(directory_.path(), "alice");
  std::string signed_commit = repository_.commit("Signed", alice.private_file);
  auto result = [&](const std::string& options) {
    remote_.allowed_signers = "alice " + options + " " + alice.public_line + "\n";
    std::filesystem::remove_all(cache());
    auto commit = pull_now();
    return commit ? std::string("good") : commit.error().message();
  };
  // The commits are of 2026-09-21T14:13:20Z, a thousand seconds before now.
  EXPECT_EQ(result("valid-after=20260921,valid-before=20260922"), "good");
  EXPECT_NE(result("valid-before=20260921").find("expired at 2026-09-21"), std::string::npos);
  EXPECT_NE(result("valid-after=20260922").find("may only sign after"), std::string::npos);
  EXPECT_NE(result("namespaces=\"file\"").find("may not sign in the namespace \"git\""),
            std::string::npos);
  EXPECT_NE(result("cert-authority").find("cert-authority"), std::string::npos);
  // Expired between the commit and now.
  std::string between = "valid-before=20260921142000Z";
  EXPECT_NE(result(between).find("expired"), std::string::npos);
  remote_.trust_commit_time = true;
  EXPECT_EQ(result(between), "good");
  remote_.trust_commit_time = false;
  // Seen in time, judged later.
  now_ = 1'790'000'100;
  EXPECT_EQ(result(between), "good");
  now_ = kNow;
  auto later = pull_now();
  ASSERT_TRUE(later) << later.error().message();
  EXPECT_EQ(later->first_seen, 1'790'000'100);
}

TEST_P(PullTest, AcceptsSignedTags) {
  remote_.require_signed = true;
  auto alice = make_ssh_key(directory_.path(), "alice");
  remote_.allowed_signers = "alice@example.com " + alice.public_line + "\n";
  repository_.git({"-c", "user.signingkey=" + alice.private_file, "tag", "-s", "v1", "-m", "one"});
  repository_.git({"tag", "-a", "v2", "-m", "two"});
  remote_.ref = "v1";
  auto commit = pull_now();
  ASSERT_TRUE(commit) << commit.error().message();
  EXPECT_EQ(commit->id, first_);
  EXPECT_EQ(commit->tag_signature.state, SignatureState::kVerified);
  EXPECT_EQ(commit->decisive().signer, "alice@example.com");
  remote_.ref = "v2";
  auto unsigned_tag = pull_now();
  ASSERT_FALSE(unsigned_tag);
  EXPECT_NE(unsigned_tag.error().message().find("its tag: there is no signature"),
            std::string::npos);
  // The signed tag shown under another name.
  repository_.git({"update-ref", "refs/tags/v3", repository_.head("refs/tags/v1")});
  remote_.ref = "v3";
  auto renamed = pull_now();
  ASSERT_FALSE(renamed);
  EXPECT_NE(renamed.error().message().find("the signed tag is \"v1\""), std::string::npos);
}

}  // namespace
}  // namespace bulkhead::gitsync
