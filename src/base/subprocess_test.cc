// SPDX-License-Identifier: Apache-2.0
#include "base/subprocess.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <chrono>

namespace bulkhead::base {
namespace {

Program shell(const std::string& script) {
  Program program;
  program.name = "sh";
  program.arguments = {"-c", script};
  return program;
}

TEST(Subprocess, RunsToTheEnd) {
  Program program = shell("cat; echo end");
  program.input = "input\n";
  auto ended = run_program(program);
  ASSERT_TRUE(ended) << ended.error().message();
  EXPECT_TRUE(ended->well);
  EXPECT_EQ(ended->output, "input\nend\n");
  auto failed = run_program(shell("echo why; exit 3"));
  ASSERT_TRUE(failed);
  EXPECT_FALSE(failed->well);
  EXPECT_EQ(failed->output, "why\n");
  EXPECT_FALSE(run_program(shell("kill -9 $$"))->well);
}

TEST(Subprocess, HandsOnDescriptorsAndNothingElse) {
  Fd first(::memfd_create("a", MFD_CLOEXEC));
  Fd second(::memfd_create("b", MFD_CLOEXEC));
  ASSERT_TRUE(write_all(first, as_bytes("one")));
  ASSERT_TRUE(write_all(second, as_bytes("two")));
  Program program = shell("cat /dev/fd/4 /dev/fd/3; ls /dev/fd | wc -l; env | grep -c HOME");
  program.descriptors = {&first, &second};
  program.name = "/bin/sh";
  program.keep_environment = false;
  auto ended = run_program(program);
  ASSERT_TRUE(ended);
  // 0 to 4, and the one that ls itself has open.
  EXPECT_EQ(ended->output, "twoone6\n0\n");
}

TEST(Subprocess, IsBounded) {
  Program endless = shell("cat /dev/zero");
  endless.max_output = 1000;
  EXPECT_EQ(run_program(endless).error().code(), Code::kLimit);
  Program slow = shell("exec >&-; sleep 60 & sleep 60");
  slow.timeout_ms = 200;
  auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(run_program(slow).error().code(), Code::kTimeout);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
  Program missing;
  missing.name = "bulkhead-has-no-such-program";
  EXPECT_EQ(run_program(missing).error().code(), Code::kNotFound);
  Program large = shell("true");
  large.input.assign(Program::kMaxInput + 1, 'x');
  EXPECT_EQ(run_program(large).error().code(), Code::kInvalid);
}

}  // namespace
}  // namespace bulkhead::base
