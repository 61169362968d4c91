// SPDX-License-Identifier: Apache-2.0
#include "base/fs.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/temp_dir.h"

namespace bulkhead::base {
namespace {

TEST(Fs, MemoryFileIsReadFromItsBegin) {
  auto file = memory_file(as_bytes("hello"));
  ASSERT_TRUE(file) << file.error().message();
  auto text = read_fd(*file, 100);
  ASSERT_TRUE(text);
  EXPECT_EQ(*text, "hello");
  EXPECT_TRUE(Mapping::open(*file));
}

TEST(Fs, OnlyRegularFilesAreOpenedAsSuch) {
  testing::TempDir folder;
  std::string file = folder.path() + "/file";
  std::string pipe = folder.path() + "/pipe";
  ASSERT_TRUE(write_file_atomic(file, as_bytes("x")));
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  ASSERT_EQ(::symlink("file", (folder.path() + "/link").c_str()), 0);
  EXPECT_TRUE(open_regular(file));
  EXPECT_TRUE(open_regular(folder.path() + "/link"));

  struct Case {
    std::string path;
    Code code;
    std::string_view word;
  };
  for (const Case& c :
       {Case{pipe, Code::kInvalid, "a pipe"}, Case{folder.path(), Code::kInvalid, "a directory"},
        Case{"/dev/zero", Code::kInvalid, "a device"},
        Case{folder.path() + "/none", Code::kNotFound, "none"}}) {
    auto opened = open_regular(c.path);
    ASSERT_FALSE(opened) << c.path;
    EXPECT_EQ(opened.error().code(), c.code) << c.path;
    EXPECT_NE(opened.error().message().find(c.word), std::string::npos) << opened.error().message();
  }
  EXPECT_FALSE(read_file(pipe, 100));
}

}  // namespace
}  // namespace bulkhead::base
