// SPDX-License-Identifier: Apache-2.0
#include "archive/zip.h"

#include <gtest/gtest.h>

#include "base/fs.h"

namespace bulkhead::archive {
namespace {

using base::as_bytes;
using base::Code;

std::string zip_fixture(const std::string& name) {
  auto bytes = base::read_file(std::string(BULKHEAD_ROOM_DIR) + "/testdata/" + name, 1 << 20);
  EXPECT_TRUE(bytes) << name;
  return bytes ? *bytes : "";
}

std::string zip_numbers() {
  std::string text;
  for (int i = 1; i <= 500; ++i) text += std::to_string(i) + "\n";
  return text;
}

// "name=content" of every entry, or the first error.
std::string listing(std::string_view archive, const base::Limits& limits = {}) {
  auto zip = ZipReader::open(as_bytes(archive), limits);
  if (!zip) return zip.error().message();
  std::string out;
  base::Bytes content;
  for (const ZipEntry& entry : zip->entries()) {
    if (auto read = zip->read(entry, content); !read) return read.error().message();
    std::string_view text = base::as_text(content);
    if (text == zip_numbers()) text = "NUMBERS";
    out += std::string(entry.name) + "=" + std::string(text) + ";";
  }
  return out;
}

// A little-endian number.
template <typename T>
std::string le(T value) {
  std::string out;
  for (size_t i = 0; i < sizeof(T); ++i) out += static_cast<char>(value >> (8 * i));
  return out;
}

struct Entry {
  std::string name;
  std::string data;  // stored
  uint32_t crc = 0;
  uint64_t offset = 0;
};

std::string local_header(const Entry& entry) {
  auto size = static_cast<uint32_t>(entry.data.size());
  return le<uint32_t>(0x04034b50) + le<uint16_t>(20) + std::string(8, '\0') + le(entry.crc) +
         le(size) + le(size) + le(static_cast<uint16_t>(entry.name.size())) + le<uint16_t>(0) +
         entry.name + entry.data;
}

std::string central(const Entry& entry) {
  auto size = static_cast<uint32_t>(entry.data.size());
  return le<uint32_t>(0x02014b50) + std::string(12, '\0') + le(entry.crc) + le(size) + le(size) +
         le(static_cast<uint16_t>(entry.name.size())) + std::string(12, '\0') +
         le(static_cast<uint32_t>(entry.offset)) + entry.name;
}

std::string end_record(size_t count, size_t size, size_t offset) {
  return le<uint32_t>(0x06054b50) + le<uint32_t>(0) + le(static_cast<uint16_t>(count)) +
         le(static_cast<uint16_t>(count)) + le(static_cast<uint32_t>(size)) +
         le(static_cast<uint32_t>(offset)) + le<uint16_t>(0);
}

constexpr uint32_t kCrcOfHello = 0x363a3020;  // "hello\n"

TEST(Zip, ReadsWhatPythonWrites) {
  EXPECT_EQ(listing(zip_fixture("python.zip")),
            "dir/=;stored.txt=hello\n;dir/numbers=NUMBERS;empty=;64/numbers=NUMBERS;");
  EXPECT_EQ(listing(zip_fixture("streamed.zip")), "dir/numbers=NUMBERS;");
  EXPECT_EQ(listing(zip_fixture("launcher.zip")), "dir/numbers=NUMBERS;");
  EXPECT_EQ(listing(zip_fixture("python.zip") + "bytes behind"),
            listing(zip_fixture("python.zip")));
  EXPECT_EQ(listing(zip_fixture("bzip2.zip")), "dir/numbers: zip: compression method 12");
  EXPECT_EQ(listing(end_record(0, 0, 0)), "");
}

// An archive whose every size and place stands in zip64 records, behind `front`.
std::string zip64_archive(const std::string& front, uint64_t size = 6, uint64_t count = 1) {
  std::string local = local_header({"one", "hello\n", kCrcOfHello, 0});
  std::string extra =
      le<uint16_t>(1) + le<uint16_t>(24) + le(size) + le<uint64_t>(6) + le<uint64_t>(0);
  std::string entry = le<uint32_t>(0x02014b50) + std::string(12, '\0') + le(kCrcOfHello) +
                      std::string(8, '\xff') + le<uint16_t>(3) +
                      le(static_cast<uint16_t>(extra.size())) + std::string(10, '\0') +
                      std::string(4, '\xff') + "one" + extra;
  std::string end64 = le<uint32_t>(0x06064b50) + le<uint64_t>(44) + std::string(12, '\0') +
                      le(count) + le(count) + le<uint64_t>(entry.size()) +
                      le<uint64_t>(local.size());
  std::string locator = le<uint32_t>(0x07064b50) + le<uint32_t>(0) +
                        le<uint64_t>(local.size() + entry.size()) + le<uint32_t>(1);
  return front + local + entry + end64 + locator + end_record(0xffff, 0xffffffff, 0xffffffff);
}

TEST(Zip, ReadsZip64) {
  EXPECT_EQ(listing(zip64_archive("")), "one=hello\n;");
  EXPECT_EQ(listing(zip64_archive("#!/bin/sh\n")), "one=hello\n;");
  EXPECT_EQ(listing(zip64_archive("", 1ull << 40)), "one: zip: more than 67108864 bytes");
  EXPECT_EQ(listing(zip64_archive("", ~0ull)), "one: zip: more than 67108864 bytes");
  EXPECT_EQ(listing(zip64_archive("", 6, 1ull << 60)), "zip: more than 1000000 entries");
  EXPECT_EQ(listing(zip64_archive("", 6, 5)), "zip: bad number of entries");
}

TEST(Zip, RefusesSharedBytes) {
  Entry one{"one", "hello\n", kCrcOfHello, 0};
  std::string local = local_header(one);
  std::string good = local + central(one);
  EXPECT_EQ(listing(good + end_record(1, good.size() - local.size(), local.size())),
            "one=hello\n;");
  std::string twice = local + central(one) + central(one);
  EXPECT_EQ(listing(twice + end_record(2, twice.size() - local.size(), local.size())),
            "zip: overlapping entries");
  // The second entry's header lies in the first one's data.
  Entry inner{"in", "hello\n", kCrcOfHello, 0};
  Entry outer{"outer", local_header(inner), 0, 0};
  inner.offset = 35;
  local = local_header(outer);
  std::string nested = local + central(outer) + central(inner);
  EXPECT_EQ(listing(nested + end_record(2, nested.size() - local.size(), local.size())),
            "zip: overlapping entries");
  // Data that reaches into the central directory.
  one.data.resize(40);
  good = local_header({"one", "hello\n", kCrcOfHello, 0});
  std::string reaching = good + central(one);
  EXPECT_EQ(listing(reaching + end_record(1, reaching.size() - good.size(), good.size())),
            "zip: overlapping entries");
}

TEST(Zip, RefusesWrongContent) {
  Entry one{"one", "hello\n", 0, 0};
  std::string local = local_header(one);
  std::string archive =
      local + central(one) + end_record(1, central(one).size(), local.size());
  EXPECT_EQ(listing(archive), "one: zip: checksum mismatch");
  archive[6] = 1;
  EXPECT_EQ(listing(archive), "one: zip: encrypted");
  archive[0] = 'X';
  EXPECT_EQ(listing(archive), "zip: bad local header of one");
  EXPECT_EQ(listing("no archive"), "zip: no end record");
  EXPECT_EQ(listing(end_record(5, 0, 0)), "zip: bad number of entries");
  EXPECT_EQ(listing(end_record(0, 100, 0)), "zip: central directory outside the archive");
}

TEST(Zip, NeverReadsOutsideAndAlwaysReturns) {
  for (const char* name : {"python.zip", "streamed.zip"}) {
    std::string archive = zip_fixture(name);
    for (size_t at = 0; at < archive.size(); ++at) {
      std::string changed = archive;
      changed[at] ^= 0x55;
      listing(changed);
      listing(std::string(archive.begin(), archive.begin() + static_cast<std::ptrdiff_t>(at)));
    }
  }
}

TEST(Zip, KeepsLimits) {
  base::Limits limits;
  limits.max_bytes = 100;
  EXPECT_EQ(listing(zip_fixture("python.zip"), limits), "dir/numbers: zip: more than 100 bytes");
  limits = {};
  limits.max_entries = 4;
  EXPECT_EQ(listing(zip_fixture("python.zip"), limits), "zip: more than 4 entries");
}

}  // namespace
}  // namespace bulkhead::archive
