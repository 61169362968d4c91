// SPDX-License-Identifier: Apache-2.0
#include "scan/spool.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <thread>

#include "tests/support/temp_dir.h"

namespace bulkhead::scan {
namespace {

SpoolLimits small() {
  SpoolLimits limits;
  limits.max_archive_bytes = 8 << 20;
  limits.max_document_bytes = 1 << 20;
  limits.timeout_ms = 300;
  return limits;
}

TEST(Spool, EndlessInputEnds) {
  testing::TempDir folder;
  auto zero = open_stream("/dev/zero");
  ASSERT_TRUE(zero);
  auto kept = spool(*zero, folder.path(), small());
  ASSERT_FALSE(kept);
  EXPECT_EQ(kept.error().code(), base::Code::kLimit);
  EXPECT_NE(kept.error().message().find("not an image archive"), std::string::npos);
}

TEST(Spool, APipeThatNobodyWritesToEnds) {
  testing::TempDir folder;
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  auto pipe = open_stream(folder / "pipe");
  ASSERT_TRUE(pipe);
  auto kept = spool(*pipe, folder.path(), small());
  ASSERT_FALSE(kept);
  EXPECT_EQ(kept.error().code(), base::Code::kTimeout);
}

TEST(Spool, AWriterThatComesLateIsWaitedFor) {
  testing::TempDir folder;
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  auto pipe = open_stream(folder / "pipe");
  ASSERT_TRUE(pipe);
  std::string text(3 << 20, 'x');
  text.replace(257, 5, "ustar");  // three megabytes are too much for anything but an archive
  std::thread writer([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    base::Fd end(::open((folder / "pipe").c_str(), O_WRONLY | O_CLOEXEC));
    EXPECT_TRUE(base::write_all(end, base::as_bytes(text)));
  });
  SpoolLimits limits = small();
  limits.timeout_ms = 60'000;
  auto kept = spool(*pipe, folder.path(), limits);
  writer.join();
  ASSERT_TRUE(kept) << kept.error().message();
  auto read = base::read_fd(*kept, text.size());
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, text);
}

}  // namespace
}  // namespace bulkhead::scan
