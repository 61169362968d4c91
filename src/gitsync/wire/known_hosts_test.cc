// SPDX-License-Identifier: Apache-2.0
#include "gitsync/wire/known_hosts.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/bytes.h"
#include "base/text.h"
#include "tests/support/git_repository.h"
#include "tests/support/temp_dir.h"

namespace bulkhead::gitsync {
namespace {

using Verdict = KnownHosts::Verdict;

TEST(KnownHosts, FindsHosts) {
  testing::TempDir directory;
  auto key = testing::make_ssh_key(directory.path(), "key");
  auto other = testing::make_ssh_key(directory.path(), "other");
  auto line = [](const testing::SshKeyPair& pair) {
    auto words = base::split(pair.public_line, ' ');
    return std::string(words[0]) + " " + std::string(words[1]);
  };
  auto wire = [](const testing::SshKeyPair& pair) {
    return std::string(base::as_text(*base::from_base64(base::split(pair.public_line, ' ')[1])));
  };
  KnownHosts hosts;
  hosts.add("# comment\n\nbroken\nhost.example.com,10.0.0.1 " + line(key) + " comment\n" +
            "[port.example.com]:2222 " + line(key) + "\n" +
            "*.wild.example.com,!not.wild.example.com " + line(key) + "\n" +
            "@revoked host.example.com " + line(other) + "\n" + "@cert-authority * " + line(other) +
            "\n");
  EXPECT_EQ(hosts.check("host.example.com", 22, wire(key)), Verdict::kKnown);
  EXPECT_EQ(hosts.check("HOST.example.com", 22, wire(key)), Verdict::kKnown);
  EXPECT_EQ(hosts.check("10.0.0.1", 22, wire(key)), Verdict::kKnown);
  EXPECT_EQ(hosts.check("host.example.com", 2222, wire(key)), Verdict::kUnknown);
  EXPECT_EQ(hosts.check("port.example.com", 2222, wire(key)), Verdict::kKnown);
  EXPECT_EQ(hosts.check("port.example.com", 2222, wire(other)), Verdict::kChanged);
  EXPECT_EQ(hosts.check("port.example.com", 22, wire(key)), Verdict::kUnknown);
  EXPECT_EQ(hosts.check("a.wild.example.com", 22, wire(key)), Verdict::kKnown);
  EXPECT_EQ(hosts.check("not.wild.example.com", 22, wire(key)), Verdict::kUnknown);
  EXPECT_EQ(hosts.check("host.example.com", 22, wire(other)), Verdict::kRevoked);
  EXPECT_EQ(hosts.check("elsewhere", 22, wire(other)), Verdict::kUnknown);
  EXPECT_EQ(hosts.types("host.example.com", 22), std::vector<std::string>{"ssh-ed25519"});
  EXPECT_TRUE(hosts.types("elsewhere", 22).empty());

  // Names hashed by ssh-keygen itself.
  std::string file = directory / "known";
  std::ofstream(file) << "hashed.example.com " << line(key) << "\n"
                      << "[hashed.example.com]:2222 " << line(other) << "\n";
  ASSERT_EQ(testing::run({"ssh-keygen", "-q", "-H", "-f", file}), 0);
  std::string hashed = testing::file_text(file);
  ASSERT_EQ(hashed.find("example.com"), std::string::npos);
  KnownHosts secret;
  secret.add(hashed);
  EXPECT_EQ(secret.check("hashed.example.com", 22, wire(key)), Verdict::kKnown);
  EXPECT_EQ(secret.check("hashed.example.com", 22, wire(other)), Verdict::kChanged);
  EXPECT_EQ(secret.check("hashed.example.com", 2222, wire(other)), Verdict::kKnown);
  EXPECT_EQ(secret.check("example.com", 22, wire(key)), Verdict::kUnknown);
}

}  // namespace
}  // namespace bulkhead::gitsync
