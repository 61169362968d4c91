// SPDX-License-Identifier: Apache-2.0
#include "archive/tar.h"

#include <gtest/gtest.h>

#include <map>

#include "archive/compress.h"
#include "base/fs.h"
#include "tests/support/tar_writer.h"

namespace bulkhead::archive {
namespace {

using base::as_bytes;
using base::Code;
using testing::pax_record;
using testing::TarFields;
using testing::TarWriter;

std::string tar_fixture(const std::string& name) {
  auto packed = base::read_file(std::string(BULKHEAD_ROOM_DIR) + "/testdata/" + name, 1 << 20);
  EXPECT_TRUE(packed) << name;
  auto bytes = gunzip(as_bytes(packed ? *packed : ""), 16 << 20);
  EXPECT_TRUE(bytes) << name;
  return bytes ? std::string(base::as_text(*bytes)) : "";
}

struct Read {
  TarEntry entry;
  std::string content;
};

struct Listing {
  std::vector<Read> entries;
  std::string error;  // "<code>: <message>", or ""
  const Read* find(const std::string& path) const {
    for (const Read& read : entries) {
      if (read.entry.path == path) return &read;
    }
    return nullptr;
  }
  std::string paths() const {
    std::string out;
    for (const Read& read : entries) out += read.entry.path + ";";
    return out;
  }
};

enum class How { kPieces, kRead, kSmallReads, kSkip };

base::Status read_content(TarReader& tar, How how, std::string& out) {
  std::vector<std::byte> room(how == How::kSmallReads ? 7 : 1 << 20);
  while (how != How::kSkip) {
    base::ByteView piece;
    if (how == How::kPieces) {
      piece = TRY(tar.read_piece());
    } else {
      piece = std::span(room).first(TRY(tar.read(room)));
    }
    if (piece.empty()) break;
    out += base::as_text(piece);
  }
  return {};
}

Listing list(std::string_view archive, How how = How::kPieces, const TarLimits& limits = {}) {
  Listing listing;
  base::MemorySource source(as_bytes(archive));
  TarReader tar(source, limits);
  auto all = [&]() -> base::Status {
    while (TRY(tar.next())) {
      Read read;
      TRY(read_content(tar, how, read.content));
      read.entry = tar.entry();
      listing.entries.push_back(std::move(read));
    }
    return {};
  };
  if (base::Status done = all(); !done) {
    listing.error = std::string(base::code_name(done.error().code())) + ": " +
                    done.error().message();
  } else {
    std::byte byte;
    EXPECT_EQ(source.read({&byte, 1}).value(), 0u) << "source not read to its end";
    EXPECT_FALSE(tar.next().value());
  }
  return listing;
}

std::string tar_numbers() {
  std::string text;
  for (int i = 1; i <= 500; ++i) text += std::to_string(i) + "\n";
  return text;
}

TEST(Tar, ReadsEveryFormatOfGnuTar) {
  const std::string a(60, 'a');
  for (const char* format : {"v7", "ustar", "oldgnu", "gnu", "pax"}) {
    SCOPED_TRACE(format);
    for (How how : {How::kPieces, How::kRead, How::kSmallReads, How::kSkip}) {
      Listing tree = list(tar_fixture(std::string("tree-") + format + ".tar.gz"), how);
      EXPECT_EQ(tree.error, "");
      const Read* read = tree.find("./dir/numbers");
      ASSERT_NE(read, nullptr);
      EXPECT_EQ(read->content, how == How::kSkip ? "" : tar_numbers());
      EXPECT_EQ(read->entry.size, tar_numbers().size());
      EXPECT_EQ(read->entry.type, EntryType::kFile);
      EXPECT_EQ(read->entry.uid, 1000u);
      EXPECT_EQ(read->entry.gid, 2000u);
      EXPECT_EQ(read->entry.mtime, 1700000000);
      read = tree.find("./dir/deeper/");
      ASSERT_NE(read, nullptr);
      EXPECT_EQ(read->entry.type, EntryType::kDirectory);
      read = tree.find("./hello.txt");
      ASSERT_NE(read, nullptr);
      EXPECT_EQ(read->entry.type, EntryType::kHardLink);
      EXPECT_EQ(read->entry.link_target, "./hard");
      read = tree.find("./hard");
      ASSERT_NE(read, nullptr);
      EXPECT_EQ(read->entry.mode & 07777, 04755u);
      read = tree.find("./dir/soft");
      ASSERT_NE(read, nullptr);
      EXPECT_EQ(read->entry.type, EntryType::kSymlink);
      EXPECT_EQ(read->entry.link_target, "../hello.txt");
      if (std::string_view(format) == "v7") continue;
      EXPECT_NE(tree.find("./" + a + "/" + a + "/name"), nullptr);
      ASSERT_NE(tree.find("./dir/null"), nullptr);
      EXPECT_EQ(tree.find("./dir/null")->entry.type, EntryType::kCharDevice);
      EXPECT_EQ(tree.find("./dir/fifo")->entry.type, EntryType::kFifo);
      if (std::string_view(format) == "ustar") continue;
      ASSERT_NE(tree.find("./longlink"), nullptr);
      EXPECT_EQ(tree.find("./longlink")->entry.link_target, a + "/" + a + "/" + a);
    }
  }
}

TEST(Tar, ReadsEverySparseFormat) {
  std::string islands(60 * 16384, '\0');
  for (size_t i = 0; i < 60; ++i) {
    islands[i * 16384] = static_cast<char>('0' + i / 10);
    islands[i * 16384 + 1] = static_cast<char>('0' + i % 10);
  }
  std::string sparse(3 << 20, '\0');
  sparse.replace(4096, 10, "island one");
  sparse.replace(1 << 20, 10, "island two");
  for (const char* format : {"oldgnu", "gnu", "0.0", "0.1", "1.0"}) {
    SCOPED_TRACE(format);
    for (How how : {How::kPieces, How::kRead, How::kSmallReads, How::kSkip}) {
      Listing tree = list(tar_fixture(std::string("sparse-") + format + ".tar.gz"), how);
      EXPECT_EQ(tree.error, "");
      ASSERT_EQ(tree.paths(), "sparse;islands;");
      EXPECT_TRUE(tree.entries[0].entry.sparse);
      EXPECT_EQ(tree.entries[0].entry.size, sparse.size());
      EXPECT_LT(tree.entries[0].entry.stored_size, 65536u);
      if (how == How::kSkip) continue;
      EXPECT_TRUE(tree.entries[0].content == sparse);
      EXPECT_TRUE(tree.entries[1].content == islands);
    }
  }
}

TEST(Tar, ReadsPythonsNumbersAndIgnoresGlobalRecords) {
  Listing tree = list(tar_fixture("python-numbers.tar.gz"));
  ASSERT_EQ(tree.error, "");
  ASSERT_EQ(tree.paths(), "big-numbers;");
  EXPECT_EQ(tree.entries[0].entry.uid, 3000000u);
  EXPECT_EQ(tree.entries[0].entry.gid, 0x7fffffffu);
  EXPECT_EQ(tree.entries[0].entry.mtime, -5);
  tree = list(tar_fixture("python-pax.tar.gz"));
  ASSERT_EQ(tree.error, "");
  ASSERT_EQ(tree.paths(), "caf\xc3\xa9/" + std::string(300, 'x') + ";");
  EXPECT_EQ(tree.entries[0].entry.mtime, 1700000000);
  EXPECT_EQ(tree.entries[0].entry.uid, 1u << 31);
  EXPECT_EQ(tree.entries[0].content, "abc");
}

TEST(Tar, AcceptsEveryKindOfEnd) {
  std::string bytes = TarWriter().file("a", "content").bytes();
  std::string zeros(512, '\0');
  for (const std::string& end :
       {std::string(), zeros, zeros + zeros, zeros + zeros + "whatever follows",
        zeros + zeros + std::string(1 << 20, 'x')}) {
    Listing tree = list(bytes + end);
    EXPECT_EQ(tree.error, "") << end.size();
    EXPECT_EQ(tree.paths(), "a;");
  }
  EXPECT_EQ(list("").error, "");
  EXPECT_EQ(list(bytes + zeros + bytes).error,
            "corrupt: tar: one zero block, not two, at byte 1536");
  EXPECT_EQ(list(bytes.substr(0, 512 + 7)).error, "");  // only padding is missing
}

TEST(Tar, RefusesEveryTruncation) {
  std::string bytes = TarWriter().dir("d").pax({{"path", "p"}}).file("a", "content").bytes();
  for (size_t size = 1; size < 2048 + 7; size += size % 512 < 20 ? 1 : 19) {
    if (size == 512) continue;  // after the directory
    for (How how : {How::kPieces, How::kRead, How::kSkip}) {
      EXPECT_TRUE(list(bytes.substr(0, size), how).error.starts_with("corrupt: ")) << size;
    }
  }
  std::string large = TarWriter().file("a", std::string(3 << 20, 'x')).bytes();
  for (How how : {How::kPieces, How::kRead, How::kSkip}) {
    Listing tree = list(large.substr(0, 2 << 20), how);
    EXPECT_TRUE(tree.error.starts_with("corrupt: tar: truncated entry at byte 2097152"))
        << tree.error;
  }
}

TEST(Tar, VerifiesChecksums) {
  std::string bytes = TarWriter().file("a", "content").finish();
  for (size_t at : {0u, 1u, 100u, 124u, 150u, 156u, 257u, 511u}) {
    std::string changed = bytes;
    changed[at] ^= 1;
    EXPECT_EQ(list(changed).error, "corrupt: tar: bad header at byte 0") << at;
  }
  // Old writers summed signed characters.
  std::string header = testing::tar_header({.name = "caf\xe9"});
  int sum = 8 * ' ';
  for (size_t i = 0; i < 512; ++i) sum += i >= 148 && i < 156 ? 0 : static_cast<int8_t>(header[i]);
  header.replace(148, 8, testing::tar_octal(sum, 7) + " ");
  EXPECT_EQ(list(header).paths(), "caf\xe9;");
}

TEST(Tar, OnlyFilesHaveContent) {
  // What a directory or link gives as its size is not followed by content, as in Go's reader.
  for (char type : {'1', '2', '3', '4', '5', '6'}) {
    Listing tree = list(TarWriter()
                            .raw(testing::tar_header({.name = "x", .type = type, .size = 5000}))
                            .file("next", "n")
                            .finish());
    EXPECT_EQ(tree.error, "") << type;
    EXPECT_EQ(tree.paths(), "x;next;") << type;
    EXPECT_EQ(tree.entries[0].entry.size, 0u);
  }
  for (char type : {'0', '\0', '7', 'D', 'V', 'Z'}) {
    Listing tree = list(
        TarWriter().raw_entry({.name = "x", .type = type}, "12345").file("next", "n").finish());
    EXPECT_EQ(tree.paths(), "x;next;") << type;
    EXPECT_EQ(tree.entries[0].content, "12345");
  }
  Listing old = list(testing::tar_header({.name = "d/", .type = '\0', .magic = ""}));
  EXPECT_EQ(old.entries.at(0).entry.type, EntryType::kDirectory);
}

TEST(Tar, FindsNamesWhereTheFormatPutsThem) {
  std::string prefix(155, 'p');
  auto path = [](const TarFields& fields) { return list(testing::tar_header(fields)).paths(); };
  EXPECT_EQ(path({.name = "n", .tail = prefix}), prefix + "/n;");
  EXPECT_EQ(path({.name = "n", .magic = std::string(8, '\0'), .tail = prefix}), "n;");
  // GNU tar keeps times there; old Go versions a prefix nevertheless.
  const std::string gnu("ustar  \0", 8);
  EXPECT_EQ(path({.name = "n", .magic = gnu, .tail = "14000000000"}), "n;");
  EXPECT_EQ(path({.name = "n", .magic = gnu, .tail = "some/prefix"}), "some/prefix/n;");
  EXPECT_EQ(path({.name = std::string(100, 'n')}), std::string(100, 'n') + ";");
  // A GNU long name wins over a pax path, as in Go's reader.
  Listing both = list(
      TarWriter()
          .raw_entry({.name = "././@LongLink", .type = 'L'}, std::string_view("gnu\0", 4))
          .pax({{"path", "pax"}})
          .file("n", "")
          .finish());
  EXPECT_EQ(both.paths(), "gnu;");
}

TEST(Tar, AppliesPaxRecords) {
  TarWriter writer;
  writer.pax({{"path", "long"}, {"linkpath", "to"}, {"uid", "5"}, {"gid", "6"}, {"mtime", "-1.5"}})
      .symlink("n", "l");
  writer.pax({{"size", "3"}}).raw(testing::tar_header({.name = "sized"})).raw("abc");
  writer.raw(std::string(509, '\0'));
  writer.pax({{"path", ""}, {"size", ""}, {"unknown", "x=y\nz"}}).file("kept", "k");
  Listing tree = list(writer.finish());
  ASSERT_EQ(tree.error, "");
  ASSERT_EQ(tree.paths(), "long;sized;kept;");
  EXPECT_EQ(tree.entries[0].entry.link_target, "to");
  EXPECT_EQ(tree.entries[0].entry.uid, 5u);
  EXPECT_EQ(tree.entries[0].entry.gid, 6u);
  EXPECT_EQ(tree.entries[0].entry.mtime, -2);
  EXPECT_EQ(tree.entries[1].content, "abc");
  EXPECT_EQ(tree.entries[1].entry.uid, 0u);
}

TEST(Tar, RefusesMalformedPaxRecords) {
  using namespace std::string_literals;
  for (const std::string& records :
       {"x"s, "5 a=b"s, "7 a=b\n"s, "0 a=b\n"s, "3 a=b\n"s, "99999999999 a=b\n"s, "-6 a=b\n"s,
        " 6 a=b\n"s, "5 ab\n"s, "5 =b\n"s, pax_record("size", "-1"), pax_record("size", "1x"),
        pax_record("path", "a\0b"s), pax_record("a\0b"s, "x"), pax_record("mtime", "1.x"),
        pax_record("uid", "x"), pax_record("GNU.sparse.numbytes", "1"),
        pax_record("GNU.sparse.offset", "1") + pax_record("GNU.sparse.offset", "1"),
        "6 a=b\n6 a=b"s, "18446744073709551622 a=b\n"s}) {
    for (char type : {'x', 'g', 'X'}) {
      Listing tree =
          list(TarWriter().raw_entry({.type = type}, records).file("f", "").finish());
      EXPECT_TRUE(tree.error.starts_with("corrupt: tar: malformed pax record"))
          << records << tree.error;
    }
  }
  std::string alone = TarWriter().pax({{"path", "x"}}).finish();
  EXPECT_EQ(list(alone).error, "corrupt: tar: headers without their entry at byte 1536");
  EXPECT_TRUE(list(TarWriter().pax({{"size", "18446744073709551615"}}).file("f", "").finish())
                  .error.starts_with("corrupt: tar: impossible size"));
}

std::string sparse_file(const std::string& map, const std::string& size,
                        const std::string& content) {
  return TarWriter()
      .pax({{"GNU.sparse.size", size}, {"GNU.sparse.numblocks", "1"}, {"GNU.sparse.map", map}})
      .file("s", content)
      .finish();
}

TEST(Tar, RefusesBadSparseMaps) {
  EXPECT_EQ(list(sparse_file("2,3", "10", "abc")).entries.at(0).content,
            std::string("\0\0abc\0\0\0\0\0", 10));
  EXPECT_EQ(list(sparse_file("0,3,10,0", "10", "abc")).error, "");
  for (const char* map : {"2", "2,", "2,3,", "x,3", "2,-3", "2,4", "8,3", "0,2,1,1", "0,4",
                          "18446744073709551615,3", "1,18446744073709551615", "5,1,0,2"}) {
    Listing tree = list(sparse_file(map, "10", "abc"));
    EXPECT_TRUE(tree.error.starts_with("corrupt: tar: bad sparse map")) << map << tree.error;
  }
  // Format 1.0: the map leads the content.
  auto leading = [](std::string map) {
    map.resize(512);
    return list(TarWriter()
                    .pax({{"GNU.sparse.major", "1"},
                          {"GNU.sparse.minor", "0"},
                          {"GNU.sparse.name", "real"},
                          {"GNU.sparse.realsize", "10"}})
                    .file("s", map + "abc")
                    .finish());
  };
  EXPECT_EQ(leading("1\n2\n3\n").paths(), "real;");
  EXPECT_EQ(leading("1\n2\n3\n").entries.at(0).content, std::string("\0\0abc\0\0\0\0\0", 10));
  for (const char* map : {"", "1", "1\n2\n", "1\n2\n-3\n", "\n", "99999999\n", "1\n2\n4\n",
                          "1\n2\n33333333333333333333\n"}) {
    EXPECT_TRUE(leading(map).error.starts_with("corrupt: tar: ")) << map;
  }
}

TEST(Tar, SkipsHolesForNothing) {
  std::string archive = sparse_file("10000000000,3", "10000000003", "abc");
  Listing tree = list(archive, How::kSkip);
  EXPECT_EQ(tree.error, "");
  EXPECT_EQ(tree.entries.at(0).entry.size, 10000000003u);
  EXPECT_EQ(tree.entries.at(0).entry.stored_size, 3u);
}

TEST(Tar, KeepsLimits) {
  TarLimits limits;
  limits.max_entries = 2;
  std::string three = TarWriter().file("a", "").file("b", "").file("c", "").finish();
  EXPECT_EQ(list(three, How::kPieces, limits).error, "limit: tar: more than 2 entries");
  limits = {};
  limits.max_path_bytes = 200;
  EXPECT_EQ(list(TarWriter().file(std::string(200, 'x'), "").finish(), How::kPieces, limits).error,
            "");
  for (const std::string& long_one :
       {TarWriter().file(std::string(201, 'x'), "").finish(),
        TarWriter().symlink("x", std::string(201, 'x')).finish()}) {
    Listing tree = list(long_one, How::kPieces, limits);
    EXPECT_TRUE(tree.error.starts_with("limit: tar: a path of 201")) << tree.error;
    limits.give_long_paths = true;
    tree = list(long_one, How::kPieces, limits);
    EXPECT_EQ(tree.error, "");
    EXPECT_TRUE(tree.entries.at(0).entry.path_too_long);
    limits.give_long_paths = false;
  }
  limits = {};
  limits.max_header_bytes = 4096;
  TarWriter many;  // each small, together too many
  for (int i = 0; i < 10; ++i) many.pax({{"comment", std::string(400, 'x')}});
  for (const std::string& headers :
       {TarWriter().pax({{"comment", std::string(5000, 'x')}}).file("a", "").finish(),
        TarWriter().pax({{"comment", std::string(5000, 'x')}}, 'g').file("a", "").finish(),
        TarWriter().raw(testing::tar_header({.type = 'L', .size = 1ull << 40})).finish(),
        many.file("a", "").finish()}) {
    EXPECT_EQ(list(headers, How::kPieces, limits).error,
              "limit: tar: headers of one entry exceed 4096 bytes");
  }
}

TEST(Tar, SaysWhereContentBegins) {
  std::string archive = TarWriter().dir("d").file("a", "first").file("b", "second").finish();
  for (const Read& read : list(archive).entries) {
    EXPECT_EQ(archive.substr(read.entry.offset, read.entry.size), read.content);
  }
}

TEST(NormalPath, MakesPathsCanonical) {
  const std::pair<std::string_view, const char*> good[] = {
      {"", ""},         {"/", ""},        {".", ""},           {"./", ""},
      {"a", "a"},       {"/a/b/", "a/b"}, {"./a//./b", "a/b"}, {"a/...", "a/..."},
      {"..a/b", "..a/b"}, {"a /b", "a /b"},
  };
  for (const auto& [path, expected] : good) {
    EXPECT_EQ(normal_path(path).value(), expected) << path;
  }
  for (std::string_view bad : {"..", "../a", "a/../b", "/..", "a/..", "./../x"}) {
    EXPECT_EQ(normal_path(bad).error().code(), Code::kInvalid) << bad;
  }
  EXPECT_FALSE(normal_path(std::string_view("a\0b", 3)));
}

}  // namespace
}  // namespace bulkhead::archive
