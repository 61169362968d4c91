// SPDX-License-Identifier: Apache-2.0
// A database of one package and the log that SQLite left beside it: a commit that adds a package,
// one that puts a third in place of the first, and changes that were never committed.
#include "catalog/rpm/sqlite_log.h"

#include <gtest/gtest.h>

#include "base/fs.h"
#include "base/text.h"
#include "catalog/rpm/database.h"
#include "catalog/rpm/header.h"
#include "tests/support/sqlite_log.h"

namespace bulkhead::catalog::rpm {
namespace {

constexpr size_t kFrame = 24 + 512;

std::string fixture(const std::string& name) {
  auto text = base::read_file(std::string(BULKHEAD_ROOM_DIR) +
                                  "/catalogers/testdata/rpm/sqlite-wal/input/var/lib/rpm/" + name,
                              1 << 20);
  EXPECT_TRUE(text) << name;
  return text ? *text : "";
}

std::string names(std::string_view database, std::string_view log) {
  std::vector<std::string> out;
  auto read = read_database(base::as_bytes(database), base::as_bytes(log), [&](auto blob) {
    auto header = Header::parse(blob);
    out.emplace_back(header ? header->string(Tag::kName) : "?");
  });
  return read ? base::join(out, " ") : "error: " + read.error().message();
}

TEST(SqliteLog, IsReadUpToTheLastCommit) {
  std::string database = fixture("rpmdb.sqlite");
  std::string log = fixture("rpmdb.sqlite-wal");
  EXPECT_EQ(names(database, ""), "python3-alpha");
  EXPECT_EQ(names(database, log), "gamma beta");
  // Cut anywhere, it is what the last whole commit left.
  std::string before = "python3-alpha";
  size_t changes = 0;
  for (size_t size = 0; size <= log.size(); size += 67) {
    std::string now = names(database, std::string_view(log).substr(0, size));
    if (now == before) continue;
    EXPECT_EQ(now, changes == 0 ? "python3-alpha gamma" : "gamma beta") << size;
    before = now;
    ++changes;
  }
  EXPECT_EQ(changes, 2u);
}

TEST(SqliteLog, EndsWhereAFrameIsNotRight) {
  std::string database = fixture("rpmdb.sqlite");
  const std::string log = fixture("rpmdb.sqlite-wal");
  for (size_t at : {0, 4, 9, 17, 25, 32 + 3, 32 + 8, 32 + 17, 32 + 100}) {
    std::string damaged = log;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    EXPECT_EQ(names(database, damaged), "python3-alpha") << at;
  }
  std::string later = log;
  later[32 + 8 * kFrame + 100] ^= 1;
  EXPECT_EQ(names(database, later), "python3-alpha gamma");
  // Frames of an older round of the log, with other salts, follow the newest ones.
  std::string older = log.substr(0, 32 + 8 * kFrame) + log.substr(32);
  EXPECT_EQ(names(database, older), "python3-alpha gamma");
}

TEST(SqliteLog, MayBeOfABigEndianMachine) {
  std::string log = testing::seal_sqlite_log(fixture("rpmdb.sqlite-wal"), true);
  EXPECT_EQ(names(fixture("rpmdb.sqlite"), log), "gamma beta");
}

TEST(SqliteLog, CanHoldTheWholeDatabase) {
  std::string database = fixture("rpmdb.sqlite");
  std::string log = fixture("rpmdb.sqlite-wal").substr(0, 32);
  for (size_t page = 0; page < database.size() / 512; ++page) {
    std::string frame(24, '\0');
    frame[3] = static_cast<char>(page + 1);
    if (page + 1 == database.size() / 512) frame[7] = static_cast<char>(page + 1);
    log += frame + database.substr(page * 512, 512);
  }
  log = testing::seal_sqlite_log(log);
  EXPECT_EQ(names("", log), "python3-alpha");
  // After a commit the database ends where that says.
  log[32 + 6 * kFrame + 7] = 2;
  EXPECT_NE(names("", testing::seal_sqlite_log(log)).find("error"), std::string::npos);
  // Pages of another size cannot belong to it.
  std::string other(32 + 24 + 1024, '\0');
  other[10] = 4;
  other[35] = 2;
  other[39] = 2;
  EXPECT_NE(names(database, testing::seal_sqlite_log(other)).find("page size"), std::string::npos);
}

}  // namespace
}  // namespace bulkhead::catalog::rpm
