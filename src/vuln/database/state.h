// SPDX-License-Identifier: Apache-2.0
// Access to the sections of an open database. Nothing in the file is trusted: every offset is
// checked against its section, every block of 64 KiB against its checksum when it is first touched.
// What does not hold together reads as empty and sets damaged().
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "archive/zstd_frame.h"
#include "base/bytes.h"
#include "base/fs.h"
#include "base/result.h"
#include "model/finding.h"
#include "vuln/database/database.h"
#include "vuln/database/format.h"
#include "vuln/range.h"

namespace bulkhead::vuln {

// A list of words inside the file.
class WordList {
 public:
  WordList() = default;
  WordList(const std::byte* first, uint32_t count) : first_(first), count_(count) {}
  uint32_t size() const { return count_; }
  bool empty() const { return count_ == 0; }
  uint32_t operator[](uint32_t i) const {
    uint32_t word;
    std::memcpy(&word, first_ + size_t{i} * sizeof(word), sizeof(word));
    return word;
  }

 private:
  const std::byte* first_ = nullptr;
  uint32_t count_ = 0;
};

// The cold part of an advisory.
struct AdvisoryText {
  std::string title;
  std::string description;
  std::vector<std::string> cvss;
  std::vector<std::string> cwes;
  std::vector<std::string> references;
};

struct KevFact {
  bool listed = false;
  bool ransomware = false;
  base::UnixTime added = 0;
};
struct EpssFact {
  double probability = 0;
  double percentile = 0;
};

struct Database::State {
  // The bytes of `file` or, for tests, of a buffer that outlives the state.
  static base::Result<std::unique_ptr<State>> open(base::Mapping file);
  static base::Result<std::unique_ptr<State>> open(base::ByteView bytes);

  DatabaseInfo info() const;
  base::Status verify() const;
  bool damaged() const { return damaged_.load(std::memory_order_relaxed); }

  std::string_view text(uint32_t string) const;
  WordList list(uint32_t offset) const;
  std::vector<std::string_view> strings(uint32_t list_offset) const;

  size_t count(format::Section section) const;
  std::optional<format::Source> source(size_t index) const;
  std::optional<format::Ecosystem> ecosystem(size_t index) const;
  std::optional<format::Advisory> advisory(size_t index) const;
  std::optional<format::Affected> affected(size_t index) const;
  std::optional<format::Package> package(size_t index) const;

  std::string_view source_name(const format::Advisory& advisory) const;
  // Whether any package stands under this canonical ecosystem.
  bool covers(std::string_view ecosystem) const;
  std::optional<format::Package> find_package(std::string_view ecosystem,
                                              std::string_view name) const;
  // Indexes of the advisories with this id or alias, in the order of the file.
  WordList find_advisories(std::string_view id) const;

  // Decodes one list of events into `out`; false when damaged.
  bool events(uint32_t list_offset, std::vector<EventView>& out) const;
  // Texts are inflated a block at a time; the cache keeps the last hundreds of blocks.
  struct TextCache {
    archive::FrameUnpacker unpacker;
    std::unordered_map<uint32_t, base::Bytes> blocks;
  };
  AdvisoryText advisory_text(const format::Advisory& advisory, TextCache& cache) const;
  KevFact kev(std::string_view cve) const;
  std::optional<EpssFact> epss(std::string_view cve) const;

 private:
  struct Extent {
    uint64_t offset = 0;
    uint64_t bytes = 0;
    uint32_t item_bytes = 1;
  };

  base::Status read_header();
  const Extent& extent(format::Section section) const {
    return sections_[static_cast<size_t>(section)];
  }
  // The bytes of a range of a section, or nullptr when it is out of bounds or damaged.
  const std::byte* at(format::Section section, uint64_t offset, uint64_t bytes) const;
  const base::Bytes* text_block(uint32_t index, TextCache& cache) const;
  bool sound(uint64_t offset, uint64_t bytes) const;
  template <typename T>
  std::optional<T> item(format::Section section, uint64_t index) const;
  // Calls match(item) for the items in the buckets of this key until it returns true.
  void probe(format::Section buckets, uint64_t hash,
             const std::function<bool(uint32_t)>& match) const;
  std::nullptr_t damage() const {
    damaged_.store(true, std::memory_order_relaxed);
    return nullptr;
  }

  base::Mapping mapping_;
  base::ByteView bytes_;
  format::Header header_{};
  std::array<Extent, format::kSections> sections_{};
  // One per block: 0 unknown, 1 sound, 2 damaged. Threads may compute the same answer twice.
  std::unique_ptr<std::atomic<uint8_t>[]> blocks_;
  size_t block_count_ = 0;
  mutable std::atomic<bool> damaged_ = false;
};

// Hash of a key in the bucket tables: a package is "ecosystem\0name", an alias its id.
uint64_t package_hash(std::string_view ecosystem, std::string_view name);
uint64_t alias_hash(std::string_view id);

struct Cve {
  uint32_t year = 0;
  uint32_t number = 0;
};
// nullopt unless "CVE-<4 digits>-<4 to 9 digits>" below 2^30.
std::optional<Cve> parse_cve(std::string_view id);

}  // namespace bulkhead::vuln
