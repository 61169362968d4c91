// SPDX-License-Identifier: Apache-2.0
// The bytes of the advisory database, as docs/formats/advisory-db.md describes them. All numbers
// are little-endian; every structure below lies in the file exactly as it is declared here.
#pragma once

#include <bit>
#include <cstdint>

namespace bulkhead::vuln::format {

static_assert(std::endian::native == std::endian::little, "the database is mapped, not decoded");

inline constexpr char kMagic[8] = {'\x89', 'B', 'H', 'V', 'U', 'L', 'N', '\n'};
inline constexpr uint32_t kVersion = 1;
inline constexpr uint64_t kHeaderBytes = 4096;    // the header page; sections follow
inline constexpr uint64_t kDigestOffset = 4056;   // SHA-256 of [0, 4056) and [4096, file_bytes)
inline constexpr uint64_t kHeaderSumOffset = 4088;  // XXH64 of [0, 4088)
inline constexpr uint64_t kBlockBytes = 65536;    // unit of the checksums, counted from 4096
inline constexpr uint64_t kSectionAlign = 16;

enum class Section : uint32_t {
  kStrings = 1,        // blob: varint length, bytes
  kLists = 2,          // u32 words: count, elements
  kSources = 3,
  kEcosystems = 4,
  kAdvisories = 5,
  kPackages = 6,
  kPackageBuckets = 7,
  kAffected = 8,
  kAliases = 9,
  kAliasBuckets = 10,
  kTextBlocks = 11,
  kText = 12,          // blob: zstd frames
  kKev = 13,
  kEpssYears = 14,
  kEpss = 15,
  kChecksums = 16,     // XXH64 of each block of [4096, offset of this section)
};
inline constexpr uint32_t kSections = 17;  // one more than the largest kind this version knows

struct Header {
  char magic[8];
  uint32_t version;
  uint32_t section_count;
  uint64_t file_bytes;   // bytes after this belong to a later version's trailer (a signature)
  int64_t built;         // unix seconds
  uint8_t base_digest[32];  // of the database a delta was applied to; zero when built from feeds
};
static_assert(sizeof(Header) == 64);

struct SectionEntry {
  uint32_t kind;
  uint32_t item_bytes;
  uint64_t offset;
  uint64_t bytes;
};
static_assert(sizeof(SectionEntry) == 24);

struct Source {
  uint32_t name;     // string
  uint32_t digest;   // string
  uint64_t records;
  int64_t newest;
  uint32_t flags;    // kPrivate, kFirstHand; as a number, the rank of what the source says
  uint32_t reserved;
};
static_assert(sizeof(Source) == 32);
inline constexpr uint32_t kPrivate = 1;    // the user's own intelligence: wins over all others
inline constexpr uint32_t kFirstHand = 2;  // a distribution's own tracker: wins over conversions

struct Ecosystem {
  uint32_t name;      // string
  uint32_t packages;  // how many packages stand under it; 0 for names that only proofs show
};
static_assert(sizeof(Ecosystem) == 8);

struct Advisory {
  uint32_t id;           // string
  uint32_t aliases;      // list of strings
  uint32_t covers;       // list of strings
  uint32_t text_block;   // index into the text blocks
  uint32_t text_offset;  // within the inflated block
  uint32_t published;    // unix seconds, 0 unknown
  uint32_t modified;
  uint16_t source;
  uint8_t severity;      // model::Severity, as the source rates it
  uint8_t reserved;
};
static_assert(sizeof(Advisory) == 32);

struct Package {
  uint32_t name;      // string, normalised
  uint32_t shown;     // string, as the first advisory writes it
  uint32_t first;     // index of its first Affected
  uint32_t count;
  uint16_t ecosystem; // canonical
  uint16_t reserved;
};
static_assert(sizeof(Package) == 20);

struct Bucket {
  uint32_t tag;   // high half of the key's hash
  uint32_t item;  // index + 1; 0 is a free bucket
};
static_assert(sizeof(Bucket) == 8);

struct Affected {
  uint32_t advisory;
  uint32_t ranges;    // list of lists of events; 0 none
  uint32_t versions;  // list of strings; 0 none
  uint32_t stream;    // string; 0 none
  uint16_t ecosystem; // as the feed writes it
  uint8_t status;     // vuln::Status
  uint8_t severity;   // model::Severity for this package
};
static_assert(sizeof(Affected) == 20);

// An event is one word: the type in the top two bits, a string below.
inline constexpr uint32_t kEventShift = 30;
inline constexpr uint32_t kEventString = (1u << kEventShift) - 1;

struct Alias {
  uint32_t id;          // string
  uint32_t advisories;  // list of advisory indexes
};
static_assert(sizeof(Alias) == 8);

struct TextBlock {
  uint64_t offset;  // into the text section
  uint32_t packed;
  uint32_t size;    // inflated
};
static_assert(sizeof(TextBlock) == 16);
inline constexpr uint32_t kMaxTextBlock = 1 << 20;

struct Kev {
  uint64_t cve;    // year << 32 | number
  uint32_t added;  // days since 1970-01-01
  uint32_t flags;  // kRansomware
};
static_assert(sizeof(Kev) == 16);
inline constexpr uint32_t kRansomware = 1;

struct EpssYear {
  uint32_t year;
  uint32_t first;
  uint32_t count;
};
static_assert(sizeof(EpssYear) == 12);

// number << 34 | probability << 17 | percentile, both in units of 0.00001.
using Epss = uint64_t;
inline constexpr uint32_t kEpssBits = 17;
inline constexpr uint32_t kEpssMask = (1u << kEpssBits) - 1;
inline constexpr uint32_t kEpssUnit = 100000;

}  // namespace bulkhead::vuln::format
