// SPDX-License-Identifier: Apache-2.0
// What the advisory database knows: packages, advisories, texts, KEV and EPSS.
#include <bit>
#include <cstring>

#include "base/text.h"
#include "vuln/database/checksum.h"
#include "vuln/database/state.h"

namespace bulkhead::vuln {

using format::Section;

namespace {

constexpr uint64_t kDaySeconds = 86400;

}  // namespace

template <typename T>
std::optional<T> Database::State::item(Section section, uint64_t index) const {
  if (extent(section).item_bytes != sizeof(T)) {
    damage();
    return std::nullopt;
  }
  if (index >= count(section)) {
    damage();
    return std::nullopt;
  }
  const std::byte* where = at(section, index * sizeof(T), sizeof(T));
  if (where == nullptr) return std::nullopt;
  T value;
  std::memcpy(&value, where, sizeof(value));
  return value;
}

std::optional<format::Source> Database::State::source(size_t index) const {
  return item<format::Source>(Section::kSources, index);
}
std::optional<format::Ecosystem> Database::State::ecosystem(size_t index) const {
  return item<format::Ecosystem>(Section::kEcosystems, index);
}
std::optional<format::Advisory> Database::State::advisory(size_t index) const {
  return item<format::Advisory>(Section::kAdvisories, index);
}
std::optional<format::Affected> Database::State::affected(size_t index) const {
  return item<format::Affected>(Section::kAffected, index);
}
std::optional<format::Package> Database::State::package(size_t index) const {
  return item<format::Package>(Section::kPackages, index);
}

std::string_view Database::State::source_name(const format::Advisory& advisory) const {
  auto item = source(advisory.source);
  return item ? text(item->name) : std::string_view();
}

bool Database::State::covers(std::string_view ecosystem_name) const {
  for (size_t i = 0; i < count(Section::kEcosystems); ++i) {
    auto item = ecosystem(i);
    if (item && item->packages > 0 && text(item->name) == ecosystem_name) return true;
  }
  return false;
}

void Database::State::probe(Section buckets, uint64_t hash,
                            const std::function<bool(uint32_t)>& match) const {
  size_t size = count(buckets);
  if (size == 0 || !std::has_single_bit(size)) return;
  auto tag = static_cast<uint32_t>(hash >> 32);
  size_t slot = hash & (size - 1);
  for (size_t tried = 0; tried < size; ++tried, slot = (slot + 1) & (size - 1)) {
    auto bucket = item<format::Bucket>(buckets, slot);
    if (!bucket || bucket->item == 0) return;
    if (bucket->tag == tag && match(bucket->item - 1)) return;
  }
}

std::optional<format::Package> Database::State::find_package(std::string_view ecosystem_name,
                                                             std::string_view name) const {
  std::optional<format::Package> found;
  probe(Section::kPackageBuckets, package_hash(ecosystem_name, name), [&](uint32_t index) {
    auto candidate = package(index);
    if (!candidate || text(candidate->name) != name) return false;
    auto under = ecosystem(candidate->ecosystem);
    if (!under || text(under->name) != ecosystem_name) return false;
    found = candidate;
    return true;
  });
  return found;
}

WordList Database::State::find_advisories(std::string_view id) const {
  WordList found;
  probe(Section::kAliasBuckets, alias_hash(id), [&](uint32_t index) {
    auto alias = item<format::Alias>(Section::kAliases, index);
    if (!alias || text(alias->id) != id) return false;
    found = list(alias->advisories);
    return true;
  });
  return found;
}

bool Database::State::events(uint32_t list_offset, std::vector<EventView>& out) const {
  out.clear();
  WordList words = list(list_offset);
  for (uint32_t i = 0; i < words.size(); ++i) {
    auto type = static_cast<EventType>(words[i] >> format::kEventShift);
    std::string_view version = text(words[i] & format::kEventString);
    if (version.empty()) return false;
    out.push_back({type, version});
  }
  return !out.empty();
}

namespace {

// Reads what writer.cc's pack_text() wrote.
class TextReader {
 public:
  explicit TextReader(base::ByteView bytes) : reader_(bytes) {}
  std::string string() {
    auto length = reader_.varint();
    auto bytes = length ? reader_.take(*length) : std::nullopt;
    if (!bytes) return {};
    return std::string(base::as_text(*bytes));
  }
  std::vector<std::string> list() {
    std::vector<std::string> out;
    uint64_t count = reader_.varint().value_or(0);
    // Each takes at least a byte, so a forged count ends with the bytes.
    for (uint64_t i = 0; i < count && reader_.remaining() > 0; ++i) out.push_back(string());
    return out;
  }

 private:
  base::ByteReader reader_;
};

}  // namespace

// The inflated block, or nullptr when damaged.
const base::Bytes* Database::State::text_block(uint32_t index, TextCache& cache) const {
  constexpr size_t kMaxCached = 512;
  auto cached = cache.blocks.find(index);
  if (cached != cache.blocks.end()) return &cached->second;
  auto block = item<format::TextBlock>(Section::kTextBlocks, index);
  if (!block || block->size > format::kMaxTextBlock) return damage();
  const std::byte* packed = at(Section::kText, block->offset, block->packed);
  if (packed == nullptr) return nullptr;
  auto bytes = cache.unpacker.unpack({packed, block->packed}, block->size);
  if (!bytes) return damage();
  if (cache.blocks.size() >= kMaxCached) cache.blocks.clear();
  return &cache.blocks.emplace(index, std::move(*bytes)).first->second;
}

AdvisoryText Database::State::advisory_text(const format::Advisory& advisory,
                                            TextCache& cache) const {
  if (advisory.text_block == UINT32_MAX) return {};
  const base::Bytes* block = text_block(advisory.text_block, cache);
  if (block == nullptr) return {};
  if (advisory.text_offset > block->size()) {
    damage();
    return {};
  }
  TextReader reader(base::ByteView(*block).subspan(advisory.text_offset));
  AdvisoryText out;
  out.title = reader.string();
  out.description = reader.string();
  out.cvss = reader.list();
  out.cwes = reader.list();
  out.references = reader.list();
  return out;
}

KevFact Database::State::kev(std::string_view id) const {
  auto cve = parse_cve(id);
  if (!cve) return {};
  uint64_t key = uint64_t{cve->year} << 32 | cve->number;
  size_t low = 0, high = count(Section::kKev);
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    auto entry = item<format::Kev>(Section::kKev, middle);
    if (!entry) return {};
    if (entry->cve == key) {
      return {true, (entry->flags & format::kRansomware) != 0,
              static_cast<base::UnixTime>(entry->added * kDaySeconds)};
    }
    (entry->cve < key ? low : high) = entry->cve < key ? middle + 1 : middle;
  }
  return {};
}

std::optional<EpssFact> Database::State::epss(std::string_view id) const {
  auto cve = parse_cve(id);
  if (!cve) return std::nullopt;
  for (size_t i = 0; i < count(Section::kEpssYears); ++i) {
    auto year = item<format::EpssYear>(Section::kEpssYears, i);
    if (!year) return std::nullopt;
    if (year->year != cve->year) continue;
    uint64_t low = year->first, high = uint64_t{year->first} + year->count;
    while (low < high) {
      uint64_t middle = low + (high - low) / 2;
      auto entry = item<format::Epss>(Section::kEpss, middle);
      if (!entry) return std::nullopt;
      auto number = static_cast<uint32_t>(*entry >> (2 * format::kEpssBits));
      if (number == cve->number) {
        auto part = [](uint64_t value) {
          return static_cast<double>(value & format::kEpssMask) / format::kEpssUnit;
        };
        return EpssFact{part(*entry >> format::kEpssBits), part(*entry)};
      }
      (number < cve->number ? low : high) = number < cve->number ? middle + 1 : middle;
    }
  }
  return std::nullopt;
}

uint64_t package_hash(std::string_view ecosystem, std::string_view name) {
  std::string key(ecosystem);
  key += '\0';
  key += name;
  return xxh64(base::as_bytes(key));
}

uint64_t alias_hash(std::string_view id) { return xxh64(base::as_bytes(id)); }

std::optional<Cve> parse_cve(std::string_view id) {
  if (!id.starts_with("CVE-")) return std::nullopt;
  auto parts = base::cut(id.substr(4), "-");
  if (!parts || parts->first.size() != 4 || parts->second.size() < 4 || parts->second.size() > 9) {
    return std::nullopt;
  }
  // Numbers are padded to four digits and no further: "02478" is not another way to say "2478".
  if (parts->second.size() > 4 && parts->second[0] == '0') return std::nullopt;
  auto year = base::to_number<uint32_t>(parts->first);
  auto number = base::to_number<uint32_t>(parts->second);
  if (!year || !number || *number >= (1u << 30)) return std::nullopt;
  return Cve{*year, *number};
}

}  // namespace bulkhead::vuln
