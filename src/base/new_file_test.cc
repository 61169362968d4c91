// SPDX-License-Identifier: Apache-2.0
#include "base/new_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <vector>

namespace bulkhead::base {
namespace {

std::vector<std::string> names_in(const std::string& directory) {
  std::vector<std::string> out;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    out.push_back(entry.path().filename());
  }
  return out;
}

class NewFileTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_NE(::mkdtemp(directory_.data()), nullptr); }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  NewFile holding(std::string_view text) {
    auto file = NewFile::create(directory_ + "/a.new-", "a");
    EXPECT_TRUE(file) << file.error().message();
    EXPECT_TRUE(write_all(file->fd(), as_bytes(text)));
    return std::move(*file);
  }

  std::string directory_ = (std::filesystem::temp_directory_path() / "new-file-XXXXXX").string();
};

TEST_F(NewFileTest, AppearsAndReplacesWhenItIsComplete) {
  using Names = std::vector<std::string>;
  std::string target = directory_ + "/a";
  for (const char* text : {"one", "two"}) {
    NewFile file = holding(text);
    auto committed = file.commit(target);
    ASSERT_TRUE(committed) << committed.error().message();
    EXPECT_EQ(*read_file(target, 10), text);
    EXPECT_EQ(names_in(directory_), Names{"a"});
  }
}

TEST_F(NewFileTest, LeavesNothingWithoutCommit) {
  {
    NewFile file = holding("text");
  }
  EXPECT_TRUE(names_in(directory_).empty());
}

TEST_F(NewFileTest, LeavesNothingWhenTheNameCannotBeHad) {
  std::filesystem::create_directory(directory_ + "/a");
  {
    EXPECT_FALSE(holding("text").commit(directory_ + "/a"));
  }
  EXPECT_EQ(names_in(directory_), std::vector<std::string>{"a"});
  auto nowhere = NewFile::create(directory_ + "/nowhere/a.new-", "nowhere/a");
  ASSERT_FALSE(nowhere);
  EXPECT_TRUE(nowhere.error().message().starts_with("create nowhere/a:"));
}

}  // namespace
}  // namespace bulkhead::base
