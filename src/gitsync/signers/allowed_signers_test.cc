// SPDX-License-Identifier: Apache-2.0
#include "gitsync/signers/allowed_signers.h"

#include <gtest/gtest.h>

#include "gitsync/signers/ssh_key.h"

namespace bulkhead::gitsync {
namespace {

constexpr std::string_view kKey =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKHEChAcEAzvwTBX9Pp6FXtOyYwqLWfOdDM8Po11rm+K";

std::string wire() { return SshKey::parse_text("ssh-ed25519", kKey.substr(12)).value().wire(); }

std::string check(const std::string& text, std::string_view name_space = "git",
                  std::vector<base::UnixTime> times = {1'790'000'000}) {
  auto signers = AllowedSigners::parse(text);
  if (!signers) return signers.error().message();
  auto answer = signers->check(wire(), name_space, times);
  return answer.allowed ? "allows " + answer.principals : answer.reason;
}

std::string key_line(const std::string& before) { return before + " " + std::string(kKey); }

TEST(AllowedSigners, ReadsLines) {
  std::string text =
      "# comment\n\n  \n" + key_line("ada@example.com,bob@example.com") + " a comment\r\n";
  EXPECT_EQ(check(text), "allows ada@example.com,bob@example.com");
  EXPECT_EQ(check(key_line("\"ada lovelace\"")), "allows ada lovelace");
  EXPECT_EQ(check(key_line("ada namespaces=\"git,file\"")), "allows ada");
  EXPECT_EQ(check(key_line("ada NameSpaces=\"g?t\",valid-after=\"20200101\"")), "allows ada");
  EXPECT_EQ(check(""), "the key is not among the allowed signers");
}

TEST(AllowedSigners, SaysWhyNot) {
  EXPECT_EQ(check(key_line("ada namespaces=\"file\"")),
            "ada (line 1) may not sign in the namespace \"git\"");
  EXPECT_EQ(check(key_line("ada namespaces=\"*,!git\"")),
            "ada (line 1) may not sign in the namespace \"git\"");
  EXPECT_EQ(check(key_line("ada valid-before=\"20260101\"")),
            "ada (line 1) expired at 2026-01-01T00:00:00Z, before 2026-09-21T14:13:20Z");
  EXPECT_EQ(check(key_line("ada valid-after=202612312359Z")),
            "ada (line 1) may only sign after 2026-12-31T23:59:00Z, not at 2026-09-21T14:13:20Z");
  // One line that allows is enough; else the first objection is told.
  EXPECT_EQ(check(key_line("old valid-before=20200101") + "\n" + key_line("new")), "allows new");
  EXPECT_NE(check(key_line("old valid-before=20200101") + "\n" + key_line("new cert-authority"))
                .find("old (line 1) expired"),
            std::string::npos);
}

TEST(AllowedSigners, HoldsAtEveryTime) {
  std::string text = key_line("ada valid-before=20270101");
  EXPECT_EQ(check(text, "git", {1'790'000'000, 1'790'001'000}), "allows ada");
  EXPECT_NE(check(text, "git", {1'790'000'000, 1'900'000'000}).find("expired"), std::string::npos);
}

TEST(AllowedSigners, RefusesLinesItCannotRead) {
  auto refuses = [](const std::string& line, const std::string& why) {
    std::string message = check("# first\n" + line + "\n");
    EXPECT_NE(message.find("line 2: "), std::string::npos) << message;
    EXPECT_NE(message.find(why), std::string::npos) << message;
  };
  refuses("ada", "no key");
  refuses("ada ssh-ed25519", "no key");
  refuses("ada ssh-ed25519 !!!", "not valid base64");
  refuses("ada ssh-rsa " + std::string(kKey.substr(12)), "says it is ssh-rsa");
  refuses(key_line("ada unknown-option"), "\"unknown-option\" is not known");
  refuses(key_line("ada valid-before=tomorrow"), "is not a time");
  refuses(key_line("ada valid-before=20261301"), "is not a time");
  refuses(key_line("ada valid-before=20260101,valid-before=20270101"), "given twice");
  refuses(key_line("ada valid-after=20270101,valid-before=20260101"), "is not later");
  refuses(key_line("ada namespaces=\"\""), "namespaces is empty");
  refuses(key_line("\"ada"), "no principals");
  refuses("ada ssh-dss AAAAB3NzaC1kc3M=", "is not supported");
}

TEST(AllowedSigners, MatchesPatterns) {
  struct Case {
    const char* list;
    const char* text;
    bool matches;
  };
  for (const Case& test :
       {Case{"a", "a", true}, Case{"a", "b", false}, Case{"*", "", true}, Case{"a*c", "abbc", true},
        Case{"a*c", "abb", false}, Case{"?", "x", true}, Case{"?", "", false},
        Case{"a,b", "b", true}, Case{"*,!b", "b", false}, Case{"!b,*", "b", false},
        Case{"!b", "a", false}, Case{"", "", true}, Case{"", "a", false}}) {
    EXPECT_EQ(matches_pattern_list(test.list, test.text), test.matches)
        << test.list << " " << test.text;
  }
}

}  // namespace
}  // namespace bulkhead::gitsync
