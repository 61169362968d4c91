// SPDX-License-Identifier: Apache-2.0
// The file: what is stored comes back, damage is noticed, the old file stays until the new one is
// good.
#include "vuln/database/database.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "vuln/database/checksum.h"
#include "vuln/database/writer.h"
#include "vuln/testing.h"

namespace bulkhead::vuln {
namespace {

using namespace testing;

Feeds sample() {
  return {
      {"osv/npm/GHSA-1.json", R"({"id": "GHSA-1", "aliases": ["CVE-2024-0001"],
        "modified": "2024-05-01T00:00:00Z", "summary": "One", "affected": [{
        "package": {"ecosystem": "npm", "name": "a"}, "ranges": [{"type": "SEMVER",
        "events": [{"introduced": "0"}, {"fixed": "1.0.0"}]}]}]})"},
      {"osv/PyPI/PYSEC-1.json", R"({"id": "PYSEC-1", "modified": "2024-06-01T00:00:00Z",
        "details": "Two", "affected": [{"package": {"ecosystem": "PyPI", "name": "B.b"},
        "versions": ["1.0", "1.1"]}]})"},
      {"kev/k.json", R"({"dateReleased": "2024-01-01T00:00:00Z", "vulnerabilities": [
        {"cveID": "CVE-2024-0001", "dateAdded": "2024-02-03",
         "knownRansomwareCampaignUse": "Unknown"}]})"},
  };
}

TEST(Xxh64, KnownAnswers) {
  EXPECT_EQ(xxh64({}), 0xEF46DB3751D8E999u);
  EXPECT_EQ(xxh64(base::as_bytes("a")), 0xD24EC4F1A98C6E5Bu);
  EXPECT_EQ(xxh64(base::as_bytes("abc")), 0x44BC2CF5AD770999u);
  EXPECT_EQ(xxh64(base::as_bytes("Nobody inspects the spammish repetition")), 0xFBCEA83C8A378BF1u);
}

TEST(Database, TellsWhatIsInIt) {
  Database db = build_database(sample());
  DatabaseInfo info = db.info();
  EXPECT_EQ(info.format, 1u);
  EXPECT_EQ(info.advisories, 2u);
  EXPECT_EQ(info.packages, 2u);
  EXPECT_EQ(base::format_time(info.built), "2024-06-01T00:00:00Z");
  EXPECT_EQ(info.digest.substr(0, 7), "sha256:");
  ASSERT_EQ(info.sources.size(), 3u);
  EXPECT_EQ(info.sources[0].name, "kev");
  EXPECT_EQ(info.sources[1].name, "osv:PyPI");
  EXPECT_EQ(info.sources[2].name, "osv:npm");
  EXPECT_EQ(info.sources[2].records, 1u);
  EXPECT_EQ(info.sources[2].digest.size(), 71u);
  EXPECT_TRUE(db.verify());
}

TEST(Database, OrderOfFeedsDoesNotMatter) {
  base::Diagnostics diagnostics;
  Feeds feeds = sample();
  base::Bytes one = build_bytes(feeds, diagnostics);
  std::reverse(feeds.begin(), feeds.end());
  EXPECT_TRUE(one == build_bytes(feeds, diagnostics));
}

TEST(Database, DatesInTheFutureAreMistakes) {
  BuildOptions options;
  options.now = *base::parse_time("2024-05-15T00:00:00Z");
  EXPECT_EQ(base::format_date(build_database(sample(), options).info().built), "2024-05-01");
}

TEST(Database, RefusesTruncatedAndForeignFiles) {
  base::Diagnostics diagnostics;
  base::Bytes good = build_bytes(sample(), diagnostics);
  for (size_t size : {size_t{0}, size_t{100}, size_t{4096}, good.size() / 2, good.size() - 1}) {
    base::Bytes cut(good.begin(), good.begin() + static_cast<ptrdiff_t>(size));
    auto opened = Database::open(file_of(cut));
    EXPECT_FALSE(opened) << size;
  }
  base::Bytes other(good.size());
  EXPECT_EQ(Database::open(file_of(other)).error().code(), base::Code::kCorrupt);
  base::Bytes newer = good;
  newer[8] = std::byte{2};
  EXPECT_EQ(Database::open(file_of(newer)).error().code(), base::Code::kUnsupported);
}

TEST(Database, NoticesEveryChangedByte) {
  base::Diagnostics diagnostics;
  base::Bytes good = build_bytes(sample(), diagnostics);
  std::vector<model::Package> packages = {package("npm", "a", "0.1.0"),
                                          package("pypi", "b-b", "1.0")};
  for (size_t at = 0; at < good.size(); at += 7) {
    base::Bytes bad = good;
    bad[at] ^= std::byte{0x40};
    auto opened = Database::open(file_of(bad));
    if (!opened) continue;
    EXPECT_FALSE(opened->verify()) << at;
    base::Diagnostics said;
    MatchResult result = match(*opened, {}, packages, said);
    // Either the block with the change was read and damage is said, or it was not needed.
    if (!said.any_incomplete()) {
      EXPECT_EQ(ids(result), "CVE-2024-0001 PYSEC-1") << at;
    }
  }
}

TEST(Database, JudgesByTheLastGoodOneWhenABlockIsDamaged) {
  base::Diagnostics diagnostics;
  base::Bytes good = build_bytes(sample(), diagnostics);
  model::Package what = package("npm", "a", "0.1.0");
  base::Bytes bad = good;
  std::fill(bad.begin() + 4200, bad.begin() + 4300, std::byte{0});
  for (bool kept : {false, true}) {
    Database database = database_of(bad);
    if (kept) database.set_last_good(file_of(good));
    base::Diagnostics said;
    MatchResult result = match(database, {}, std::span(&what, 1), said);
    ASSERT_EQ(said.all().size(), 1u);
    EXPECT_EQ(said.all()[0].kind, "database-damaged");
    EXPECT_EQ(said.any_incomplete(), !kept);
    EXPECT_EQ(ids(result), kept ? "CVE-2024-0001" : "");
    // The report names the feeds that really judged.
    if (kept) {
      EXPECT_EQ(database.info().sources.size(), 3u);
    }
  }
}

TEST(Build, ABrokenPrivateFileIsABrokenFeed) {
  std::filesystem::path folder = ::testing::TempDir() + "/bulkhead_broken_private_test";
  std::filesystem::create_directories(folder);
  ASSERT_TRUE(base::write_file_atomic((folder / "bad.json").string(), base::as_bytes("{\"id\":")));
  BuildOptions options;
  options.private_directories = {folder.string()};
  base::Diagnostics said;
  build_bytes(sample(), said, options);
  EXPECT_TRUE(said.any_incomplete());
  ASSERT_EQ(said.all().size(), 1u);
  EXPECT_EQ(said.all()[0].kind, "bad-feed");
  std::filesystem::remove_all(folder);
}

TEST(Build, APrivateFileAboutNoEcosystemIsABrokenFeed) {
  struct Row {
    const char* ecosystem;
    const char* error;
  };
  std::filesystem::path folder = ::testing::TempDir() + "/bulkhead_misspelt_private_test";
  std::filesystem::create_directories(folder);
  BuildOptions options;
  options.private_directories = {folder.string()};
  for (const Row& row :
       {Row{"Npm", "\"Npm\" is no ecosystem of OSV; did you mean \"npm\"?"},
        {"Debain:12", "\"Debain\" is no ecosystem of OSV; did you mean \"Debian\"?"},
        {"Our own packages", "\"Our own packages\" is no ecosystem of OSV"},
        {"npm", ""},
        {"Android", ""},
        {"Ubuntu:22.04:LTS", ""}}) {
    std::string text = R"({"id": "ACME-2", "affected": [{"package": {"name": "a", "ecosystem": ")" +
                       std::string(row.ecosystem) + R"("}, "versions": ["1.0.0"]}]})";
    ASSERT_TRUE(base::write_file_atomic((folder / "own.json").string(), base::as_bytes(text)));
    base::Diagnostics said;
    build_bytes(sample(), said, options);
    if (*row.error == '\0') {
      EXPECT_TRUE(said.empty()) << row.ecosystem;
      continue;
    }
    ASSERT_EQ(said.all().size(), 1u) << row.ecosystem;
    EXPECT_EQ(said.all()[0].kind, "bad-feed");
    EXPECT_EQ(said.all()[0].where, "private:bulkhead_misspelt_private_test/own.json");
    EXPECT_EQ(said.all()[0].message, std::string(row.error) + "; its advisories are missing");
  }
  std::filesystem::remove_all(folder);
}

TEST(Build, KeepsTheOldFileUntilTheNewOneIsGood) {
  std::string target = ::testing::TempDir() + "/bulkhead_database_test.db";
  auto feeds_of = [](const Feeds& feeds) {
    std::vector<FeedFile> files;
    for (const auto& [path, text] : feeds) files.push_back({path, file_of(base::as_bytes(text))});
    return files;
  };
  base::Diagnostics diagnostics;
  ASSERT_TRUE(build(feeds_of(sample()), {}, target, diagnostics));
  // Nothing readable: an error, and the good file is still there.
  EXPECT_FALSE(build(feeds_of({{"kev/k.json", "{"}}), {}, target, diagnostics));
  EXPECT_FALSE(build({}, {}, target, diagnostics));
  auto kept = Database::open_path(target);
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->info().advisories, 2u);
  // One broken feed among others: built, and said.
  Feeds feeds = sample();
  feeds.push_back({"debian/tracker.json", "[]"});
  feeds.push_back({"unknown/x", ""});
  base::Diagnostics said;
  ASSERT_TRUE(build(feeds_of(feeds), {}, target, said));
  EXPECT_TRUE(said.any_incomplete());
  ASSERT_EQ(said.all().size(), 2u);
  EXPECT_EQ(said.all()[0].where, "debian/tracker.json");
  EXPECT_FALSE(std::filesystem::exists(target + ".new"));
  std::remove(target.c_str());
}

TEST(Build, PrivateRecordsReplacePublicOnes) {
  std::filesystem::path folder = ::testing::TempDir() + "/bulkhead_private_test";
  std::filesystem::create_directories(folder / "deep");
  auto write = [&](const char* name, std::string_view text) {
    ASSERT_TRUE(base::write_file_atomic((folder / name).string(), base::as_bytes(text)));
  };
  write("deep/ACME-1.json", R"({"id": "ACME-1", "aliases": ["CVE-2024-0001"], "summary": "Ours",
    "affected": [{"package": {"ecosystem": "npm", "name": "a"}, "ranges": [{"type": "SEMVER",
    "events": [{"introduced": "0"}, {"fixed": "0.5.0"}]}]}]})");
  write("notes.txt", "not a record");
  BuildOptions options;
  options.private_directories = {folder.string()};
  Database db = build_database(sample(), options);
  EXPECT_EQ(ids(match_one(db, {}, package("npm", "a", "0.6.0"))), "");
  MatchResult result = match_one(db, {}, package("npm", "a", "0.4.0"));
  ASSERT_EQ(ids(result), "CVE-2024-0001");
  EXPECT_EQ(result.findings[0].sources,
            std::vector<std::string>{"private:bulkhead_private_test"});
  EXPECT_EQ(result.findings[0].fix_versions, std::vector<std::string>{"0.5.0"});
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace bulkhead::vuln
