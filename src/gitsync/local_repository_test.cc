// SPDX-License-Identifier: Apache-2.0
#include "gitsync/local_repository.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/support/git_repository.h"
#include "tests/support/temp_dir.h"

namespace bulkhead::gitsync {
namespace {

using base::Code;
using testing::GitRepository;

TEST(LocalRepository, ReadsRefsOfEveryForm) {
  testing::TempDir directory;
  GitRepository repository(directory / "r");
  auto opened = LocalRepository::open(repository.path());
  ASSERT_TRUE(opened) << opened.error().message();
  EXPECT_FALSE(opened->lookup("HEAD").value()) << "a branch without a commit";
  std::string first = repository.commit("One");
  repository.git({"branch", "a/b"});
  repository.git({"tag", "-a", "v1", "-m", "one"});
  std::string tag = repository.head("refs/tags/v1");
  for (bool packed : {false, true}) {
    if (packed) repository.git({"pack-refs", "--all", "--prune"});
    EXPECT_EQ(opened->lookup("HEAD").value(), first);
    EXPECT_EQ(opened->lookup("refs/heads/main").value(), first);
    EXPECT_EQ(opened->lookup("refs/heads/a/b").value(), first);
    EXPECT_EQ(opened->lookup("refs/tags/v1").value(), tag);
    EXPECT_FALSE(opened->lookup("refs/heads/a").value());
    EXPECT_FALSE(opened->lookup("refs/heads/none").value());
  }
  std::string second = repository.commit("Two");
  EXPECT_EQ(opened->lookup("HEAD").value(), second) << "a loose ref hides the packed one";

  repository.git({"worktree", "add", "-q", directory / "linked", "a/b"});
  auto linked = LocalRepository::open(directory / "linked");
  ASSERT_TRUE(linked) << linked.error().message();
  EXPECT_EQ(linked->lookup("HEAD").value(), first);
  EXPECT_EQ(linked->lookup("refs/heads/main").value(), second);
  EXPECT_TRUE(std::filesystem::exists(linked->objects_directory()));

  repository.git({"clone", "-q", "--bare", repository.path(), directory / "bare"});
  auto bare = LocalRepository::open(directory / "bare");
  ASSERT_TRUE(bare) << bare.error().message();
  EXPECT_EQ(bare->lookup("HEAD").value(), second);
}

TEST(LocalRepository, RefusesWhatIsNone) {
  testing::TempDir directory;
  EXPECT_EQ(LocalRepository::open(directory.path()).error().code(), Code::kNotFound);
  EXPECT_EQ(LocalRepository::open(directory / "none").error().code(), Code::kNotFound);
  GitRepository repository(directory / "r");
  repository.write("sub/file", "x");
  repository.commit("One");
  EXPECT_EQ(LocalRepository::open(repository.path() + "/sub").error().code(), Code::kNotFound);

  auto opened = LocalRepository::open(repository.path());
  auto write = [&](const std::string& text) { repository.write(".git/refs/heads/main", text); };
  write("garbage");
  EXPECT_EQ(opened->lookup("HEAD").error().code(), Code::kCorrupt);
  write("ref: refs/heads/main\n");
  EXPECT_EQ(opened->lookup("HEAD").error().code(), Code::kInvalid);
  write("ref: ../../../etc/passwd\n");
  EXPECT_EQ(opened->lookup("HEAD").error().code(), Code::kCorrupt);
  write(std::string(64, 'a') + "\n");
  EXPECT_EQ(opened->lookup("HEAD").error().code(), Code::kUnsupported);
  std::filesystem::remove(repository.path() + "/.git/refs/heads/main");
  std::filesystem::create_symlink("/etc/passwd", repository.path() + "/.git/refs/heads/main");
  EXPECT_FALSE(opened->lookup("HEAD"));
}

}  // namespace
}  // namespace bulkhead::gitsync
