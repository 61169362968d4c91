// SPDX-License-Identifier: Apache-2.0
// The orders of deb and rpm against dpkg and rpm themselves, where they are installed, on pairs
// that are made up to differ late.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <random>
#include <string>
#include <vector>

#include "version/scheme.h"

extern char** environ;

namespace bulkhead::version {
namespace {

struct Outcome {
  int status = -1;  // of the exit; -1 when the program could not be run
  std::string output;
};

Outcome run(std::vector<std::string> arguments) {
  std::array<int, 2> pipe{};
  if (pipe2(pipe.data(), O_CLOEXEC) != 0) return {};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pipe[1], STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  pid_t pid = 0;
  int error = posix_spawnp(&pid, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(pipe[1]);
  Outcome outcome;
  std::array<char, 4096> buffer{};
  for (ssize_t got = 0; error == 0 && (got = read(pipe[0], buffer.data(), buffer.size())) > 0;) {
    outcome.output.append(buffer.data(), static_cast<size_t>(got));
  }
  close(pipe[0]);
  int status = 0;
  if (error != 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status)) return {};
  outcome.status = WEXITSTATUS(status);
  return outcome;
}

// Two valid versions that share a beginning.
class Pairs {
 public:
  Pairs(const Scheme& scheme, std::vector<std::string> pieces)
      : scheme_(scheme), pieces_(std::move(pieces)) {}
  std::pair<std::string, std::string> next() {
    std::string common = valid("1");
    return {valid(common), valid(common)};
  }

 private:
  std::string valid(const std::string& start) {
    while (true) {
      std::string text = pick(8) == 0 ? std::to_string(pick(3)) + ":" + start : start;
      for (size_t pieces = pick(5); pieces != 0; --pieces) text += pieces_[pick(pieces_.size())];
      if (scheme_.valid(text)) return text;
    }
  }
  size_t pick(size_t below) { return random_() % below; }

  const Scheme& scheme_;
  std::vector<std::string> pieces_;
  std::mt19937 random_{7};
};

TEST(Tools, DebAgreesWithDpkg) {
  if (run({"dpkg", "--version"}).status != 0) GTEST_SKIP() << "no dpkg";
  const Scheme& deb = *find_scheme("deb");
  Pairs pairs(deb, {"0", "1", "9", "10", "01", "a", "b", "rc", "Z", ".", "..", "+", "~", "~~", "-",
                    "-1", "+deb12u1", "~bpo12+1", "99999"});
  for (int i = 0; i < 150; ++i) {
    auto [a, b] = pairs.next();
    auto order = deb.compare(a, b);
    const char* expected = order < 0 ? "lt" : order > 0 ? "gt" : "eq";
    EXPECT_EQ(run({"dpkg", "--compare-versions", a, expected, b}).status, 0)
        << a << ' ' << expected << ' ' << b;
  }
}

TEST(Tools, DebAcceptsWhatDpkgDoes) {
  if (run({"dpkg", "--version"}).status != 0) GTEST_SKIP() << "no dpkg";
  for (std::string text :
       {"1", "a", "1-", "-1", ":1", "1:", "1:1", "1:1:1", "a:1", "1_1", "1-1_1", "2147483647:1",
        "2147483648:1", "1~", "1-~", "1 1", "1+", "~1", "1-1-1"}) {
    bool accepted = run({"dpkg", "--validate-version", text}).status == 0;
    EXPECT_EQ(find_scheme("deb")->valid(text), accepted) << text;
  }
}

TEST(Tools, RpmAgreesWithRpm) {
  if (run({"rpm", "--version"}).status != 0) GTEST_SKIP() << "no rpm";
  const Scheme& rpm = *find_scheme("rpm");
  Pairs pairs(rpm, {"0",  "1",  "9",  "10", "01",   "a",     "b",
                    "rc", "Z",  ".",  "..", "+",    "_",     "~",
                    "^",  "~~", "^~", "-1", ".el9", "^git1", "99999999999999999999"});
  std::vector<std::pair<std::string, std::string>> made;
  std::string script = "%{lua:";
  for (int i = 0; i < 1000; ++i) {
    made.push_back(pairs.next());
    // rpm calls a version without release equal to all that have one.
    auto& [a, b] = made.back();
    if ((a.find('-') == std::string::npos) != (b.find('-') == std::string::npos)) {
      made.pop_back();
      continue;
    }
    script += "print(rpm.vercmp('" + a + "','" + b + "')..'\\n')";
  }
  Outcome outcome = run({"rpm", "--eval", script + "}"});
  ASSERT_EQ(outcome.status, 0);
  std::vector<int> orders;
  for (size_t at = 0; at < outcome.output.size();) {
    size_t end = std::min(outcome.output.find_first_of("\n", at), outcome.output.size());
    std::string line = outcome.output.substr(at, end - at);
    if (!line.empty()) orders.push_back(std::stoi(line));
    at = end + 1;
  }
  ASSERT_EQ(orders.size(), made.size());
  for (size_t i = 0; i < made.size(); ++i) {
    EXPECT_TRUE(rpm.compare(made[i].first, made[i].second) == (orders[i] <=> 0))
        << made[i].first << " and " << made[i].second << ": " << orders[i];
  }
}

}  // namespace
}  // namespace bulkhead::version
