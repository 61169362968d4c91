// SPDX-License-Identifier: Apache-2.0
// Real git repositories in tests, made by git itself, deaf to the configuration of user and system.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "tests/support/process.h"

namespace bulkhead::testing {

// An SSH key pair made by ssh-keygen.
struct SshKeyPair {
  std::string private_file;
  std::string public_line;  // "ssh-ed25519 AAAA... comment"
};

inline SshKeyPair make_ssh_key(const std::string& directory, const std::string& name,
                               const std::string& type = "ed25519", const std::string& bits = "",
                               const std::string& passphrase = "") {
  std::string file = directory + "/" + name;
  std::vector<std::string> command{"ssh-keygen", "-q", "-t", type, "-N",
                                   passphrase,   "-C", name, "-f", file};
  if (!bits.empty()) command.insert(command.end(), {"-b", bits});
  EXPECT_EQ(run(command), 0) << name;
  return {file, std::string(base::trim(file_text(file + ".pub")))};
}

class GitRepository {
 public:
  explicit GitRepository(std::string path) : path_(std::move(path)) {
    std::filesystem::create_directories(path_);
    git({"init", "-q", "-b", "main"});
    git({"config", "user.name", "Ada"});
    git({"config", "user.email", "ada@example.com"});
    git({"config", "gpg.format", "ssh"});
    // What servers usually allow.
    git({"config", "uploadpack.allowFilter", "true"});
  }

  const std::string& path() const { return path_; }

  // Runs git in the repository; its output without the line feed at the end.
  std::string git(std::vector<std::string> arguments, bool may_fail = false) const {
    std::vector<std::string> command{"env",
                                     "-u",
                                     "GIT_DIR",
                                     "GIT_CONFIG_GLOBAL=/dev/null",
                                     "HOME=/nonexistent",
                                     "GIT_CONFIG_NOSYSTEM=1",
                                     "GIT_COMMITTER_DATE=" + date_ + " +0000",
                                     "GIT_AUTHOR_DATE=" + date_ + " +0000",
                                     "git",
                                     "-C",
                                     path_};
    command.insert(command.end(), std::make_move_iterator(arguments.begin()),
                   std::make_move_iterator(arguments.end()));
    std::string log = path_ + ".log";
    int code = run(command, log);
    std::string output = file_text(log);
    if (!may_fail) {
      EXPECT_EQ(code, 0) << base::join(command, " ") << "\n" << output;
    }
    return std::string(base::trim(output));
  }

  void write(const std::string& file, std::string_view content) const {
    std::filesystem::create_directories(std::filesystem::path(path_ + "/" + file).parent_path());
    std::ofstream(path_ + "/" + file, std::ios::binary) << content;
  }

  // Commits everything there is; with a key, signed. The commit's id.
  std::string commit(const std::string& message, const std::string& key = "") const {
    git({"add", "-A"});
    std::vector<std::string> arguments{"commit", "-q", "--allow-empty", "-m", message};
    if (!key.empty()) {
      arguments.insert(arguments.begin(), {"-c", "user.signingkey=" + key});
      arguments.push_back("-S");
    }
    git(std::move(arguments));
    return head();
  }
  std::string head(const std::string& ref = "HEAD") const { return git({"rev-parse", ref}); }

  // Stores an object of any content; its id.
  std::string store(const std::string& type, std::string_view content) const {
    std::string file = path_ + ".object";
    std::ofstream(file, std::ios::binary) << content;
    return git({"hash-object", "-t", type, "--literally", "-w", file});
  }

  // Of the commits to come, in seconds since 1970.
  void set_date(int64_t seconds) { date_ = std::to_string(seconds); }

 private:
  std::string path_;
  std::string date_ = "1790000000";
};

}  // namespace bulkhead::testing
