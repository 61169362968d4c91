// SPDX-License-Identifier: Apache-2.0
// Opening the advisory database (docs/formats/advisory-db.md) and handing out its bytes: every
// access goes through at(), which checks bounds and, once a block, the checksum.
#include "vuln/database/state.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "crypto/digest.h"
#include "vuln/database/checksum.h"

namespace bulkhead::vuln {

using base::Code;
using base::Error;
using format::Section;

namespace {

Error corrupt(std::string message) {
  return Error(Code::kCorrupt, "advisory database: " + std::move(message));
}

template <typename T>
T load_field(const std::byte* at) {
  T value;
  std::memcpy(&value, at, sizeof(value));
  return value;
}

}  // namespace

base::Result<std::unique_ptr<Database::State>> Database::State::open(base::Mapping file) {
  auto state = std::make_unique<State>();
  state->mapping_ = std::move(file);
  state->bytes_ = state->mapping_.bytes();
  TRY(state->read_header());
  return state;
}

base::Result<std::unique_ptr<Database::State>> Database::State::open(base::ByteView bytes) {
  auto state = std::make_unique<State>();
  state->bytes_ = bytes;
  TRY(state->read_header());
  return state;
}

base::Status Database::State::read_header() {
  if (bytes_.size() < format::kHeaderBytes) return corrupt("truncated");
  std::memcpy(&header_, bytes_.data(), sizeof(header_));
  if (std::memcmp(header_.magic, format::kMagic, sizeof(format::kMagic)) != 0) {
    return corrupt("not an advisory database");
  }
  if (header_.version != format::kVersion) {
    return Error(Code::kUnsupported, "advisory database of format " +
                                         std::to_string(header_.version) + "; this program reads " +
                                         std::to_string(format::kVersion) + ": run `db update`");
  }
  if (header_.file_bytes > bytes_.size() || header_.file_bytes < format::kHeaderBytes) {
    return corrupt("truncated");
  }
  if (xxh64(bytes_.first(format::kHeaderSumOffset)) !=
      load_field<uint64_t>(bytes_.data() + format::kHeaderSumOffset)) {
    return corrupt("the header's checksum does not match");
  }
  bytes_ = bytes_.first(header_.file_bytes);
  constexpr size_t kMaxSections =
      (format::kDigestOffset - sizeof(format::Header)) / sizeof(format::SectionEntry);
  if (header_.section_count > kMaxSections) return corrupt("too many sections");
  for (uint32_t i = 0; i < header_.section_count; ++i) {
    auto entry = load_field<format::SectionEntry>(bytes_.data() + sizeof(format::Header) +
                                                  i * sizeof(format::SectionEntry));
    if (entry.offset < format::kHeaderBytes || entry.offset > bytes_.size() ||
        entry.bytes > bytes_.size() - entry.offset || entry.item_bytes == 0 ||
        entry.bytes % entry.item_bytes != 0) {
      return corrupt("section " + std::to_string(entry.kind) + " is out of bounds");
    }
    // Sections this version does not know are left alone.
    if (entry.kind >= format::kSections) continue;
    sections_[entry.kind] = {entry.offset, entry.bytes, entry.item_bytes};
  }
  const Extent& sums = extent(Section::kChecksums);
  if (sums.item_bytes != sizeof(uint64_t)) return corrupt("no checksums");
  uint64_t covered = sums.offset - format::kHeaderBytes;
  block_count_ = (covered + format::kBlockBytes - 1) / format::kBlockBytes;
  if (sums.bytes / sizeof(uint64_t) != block_count_) return corrupt("checksums are missing");
  for (const Extent& section : sections_) {
    if (&section != &sums && section.offset + section.bytes > sums.offset && section.bytes != 0) {
      return corrupt("a section has no checksums");
    }
  }
  blocks_ = std::make_unique<std::atomic<uint8_t>[]>(block_count_);
  return {};
}

base::Status Database::State::verify() const {
  crypto::Hasher hasher(crypto::Algorithm::kSha256);
  hasher.update(bytes_.first(format::kDigestOffset));
  hasher.update(bytes_.subspan(format::kHeaderBytes));
  base::Bytes digest = hasher.finish();
  if (std::memcmp(digest.data(), bytes_.data() + format::kDigestOffset, digest.size()) != 0) {
    return corrupt("the content does not match its digest");
  }
  return {};
}

bool Database::State::sound(uint64_t offset, uint64_t bytes) const {
  if (bytes == 0) return true;
  size_t first = (offset - format::kHeaderBytes) / format::kBlockBytes;
  size_t last = (offset + bytes - 1 - format::kHeaderBytes) / format::kBlockBytes;
  for (size_t i = first; i <= last; ++i) {
    uint8_t known = blocks_[i].load(std::memory_order_relaxed);
    if (known == 0) {
      const Extent& sums = extent(Section::kChecksums);
      uint64_t begin = format::kHeaderBytes + i * format::kBlockBytes;
      uint64_t end = std::min(begin + format::kBlockBytes, sums.offset);
      auto expected = load_field<uint64_t>(bytes_.data() + sums.offset + i * sizeof(uint64_t));
      known = xxh64(bytes_.subspan(begin, end - begin)) == expected ? 1 : 2;
      blocks_[i].store(known, std::memory_order_relaxed);
    }
    if (known == 2) return false;
  }
  return true;
}

const std::byte* Database::State::at(Section section, uint64_t offset, uint64_t bytes) const {
  const Extent& whole = extent(section);
  if (offset > whole.bytes || bytes > whole.bytes - offset) return damage();
  if (!sound(whole.offset + offset, bytes)) return damage();
  return bytes_.data() + whole.offset + offset;
}

size_t Database::State::count(Section section) const {
  return extent(section).bytes / extent(section).item_bytes;
}

std::string_view Database::State::text(uint32_t string) const {
  const Extent& whole = extent(Section::kStrings);
  if (string >= whole.bytes) {
    damage();
    return {};
  }
  // A length is at most four bytes: strings are far below 2^28.
  uint64_t head = std::min<uint64_t>(4, whole.bytes - string);
  const std::byte* length_at = at(Section::kStrings, string, head);
  if (length_at == nullptr) return {};
  base::ByteReader reader({length_at, static_cast<size_t>(head)});
  auto length = reader.varint();
  if (!length) {
    damage();
    return {};
  }
  const std::byte* first = at(Section::kStrings, string + reader.position(), *length);
  if (first == nullptr) return {};
  return base::as_text({first, static_cast<size_t>(*length)});
}

WordList Database::State::list(uint32_t offset) const {
  if (offset == 0) return {};
  uint64_t begin = uint64_t{offset} * sizeof(uint32_t);
  const std::byte* count_at = at(Section::kLists, begin, sizeof(uint32_t));
  if (count_at == nullptr) return {};
  auto count = load_field<uint32_t>(count_at);
  const std::byte* first =
      at(Section::kLists, begin + sizeof(uint32_t), uint64_t{count} * sizeof(uint32_t));
  if (first == nullptr) return {};
  return {first, count};
}

std::vector<std::string_view> Database::State::strings(uint32_t list_offset) const {
  WordList words = list(list_offset);
  std::vector<std::string_view> out;
  out.reserve(words.size());
  for (uint32_t i = 0; i < words.size(); ++i) out.push_back(text(words[i]));
  return out;
}

DatabaseInfo Database::State::info() const {
  DatabaseInfo out;
  out.format = header_.version;
  out.built = header_.built;
  out.advisories = count(Section::kAdvisories);
  out.packages = count(Section::kPackages);
  out.bytes = bytes_.size();
  out.digest = "sha256:" + base::to_hex(bytes_.subspan(format::kDigestOffset, 32));
  for (size_t i = 0; i < count(Section::kSources); ++i) {
    auto item = source(i);
    if (!item) break;
    out.sources.push_back({std::string(text(item->name)), item->records, item->newest,
                           std::string(text(item->digest))});
  }
  return out;
}

}  // namespace bulkhead::vuln
