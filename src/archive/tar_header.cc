// SPDX-License-Identifier: Apache-2.0
// Header blocks (POSIX.1-1988 ustar, GNU, star, V7), pax records and sparse maps. Where formats
// leave a choice, it is the one of Go's archive/tar, since container engines unpack with that: what
// a layer becomes on disk is what has to be judged.
#include "archive/tar_header.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

#include "base/text.h"

namespace bulkhead::archive {
namespace {

using base::Code;
using base::Error;
using base::Status;

constexpr size_t kChecksumAt = 148;

std::string_view until_nul(std::string_view field) { return field.substr(0, field.find('\0')); }

// The sum of a block's bytes, eight at a time in four lanes of 16 bits: 128 bytes of at most 255
// fit in each. Layers of millions of small files spend most of their header time here.
int64_t sum_of_bytes(std::string_view block) {
  constexpr uint64_t kEven = 0x00ff00ff00ff00ff;
  uint64_t lanes = 0;
  for (size_t at = 0; at < kTarBlock; at += 8) {
    uint64_t word;
    std::memcpy(&word, block.data() + at, 8);
    lanes += (word & kEven) + (word >> 8 & kEven);
  }
  lanes = (lanes & 0x0000ffff0000ffff) + (lanes >> 16 & 0x0000ffff0000ffff);
  return static_cast<int64_t>((lanes & 0xffffffff) + (lanes >> 32));
}

bool checksum_holds(std::string_view block) {
  std::string_view field = block.substr(kChecksumAt, 8);
  auto stored = tar_number(field);
  if (!stored) return false;
  // The field itself counts as spaces.
  int64_t plain = sum_of_bytes(block) + 8 * ' ';
  for (char c : field) plain -= static_cast<uint8_t>(c);
  if (*stored == plain) return true;
  // Old writers summed signed characters: each one above 127 counts 256 less.
  auto high = [](std::string_view text) {
    return std::count_if(text.begin(), text.end(), [](char c) { return (c & 0x80) != 0; });
  };
  return *stored == plain - 256 * (high(block) - high(field));
}

// Go up to 1.8 wrote the ustar prefix under GNU magic. The field is then no pair of times.
std::string_view misplaced_prefix(std::string_view block) {
  auto is_time = [](std::string_view field) { return field[0] == '\0' || tar_number(field); };
  if (is_time(block.substr(345, 12)) && is_time(block.substr(357, 12))) return {};
  std::string_view prefix = until_nul(block.substr(345, 155));
  bool ascii = std::all_of(prefix.begin(), prefix.end(), [](char c) { return (c & 0x80) == 0; });
  return ascii ? prefix : std::string_view();
}

std::string_view prefix_of(std::string_view block, bool gnu) {
  if (gnu) return misplaced_prefix(block);
  if (!block.substr(257).starts_with("ustar")) return {};  // V7
  bool star = block.substr(508, 4) == std::string_view("tar\0", 4);
  return until_nul(block.substr(345, star ? 131 : 155));
}

std::optional<uint64_t> decimal(std::string_view text) { return base::to_number<uint64_t>(text); }

// Seconds with an optional fraction, rounded down.
std::optional<int64_t> seconds(std::string_view text) {
  auto point = text.find('.');
  auto whole = base::to_number<int64_t>(text.substr(0, point));
  if (!whole || point == std::string_view::npos) return whole;
  std::string_view fraction = text.substr(point + 1);
  if (!std::all_of(fraction.begin(), fraction.end(), base::is_digit)) return std::nullopt;
  bool below = text.starts_with('-') && fraction.find_first_not_of('0') != std::string_view::npos;
  if (below && *whole == std::numeric_limits<int64_t>::min()) return std::nullopt;
  return *whole - (below ? 1 : 0);
}

std::optional<uint32_t> owner(std::string_view text) {
  auto value = base::to_number<int64_t>(text);
  if (!value) return std::nullopt;
  return static_cast<uint32_t>(*value);
}

// Stores a record's value; false when it is malformed.
template <typename T>
bool store(std::optional<T>& field, std::optional<T> value) {
  if (!value) return false;
  field = std::move(value);
  return true;
}

bool store_record(PaxRecords& pax, std::string_view key, std::string_view value) {
  // Format 0.0: an offset, then its size, over and over.
  if (key == "GNU.sparse.offset") {
    return !pax.sparse_offset && store(pax.sparse_offset, decimal(value));
  }
  if (key == "GNU.sparse.numbytes") {
    auto size = decimal(value);
    if (!size || !pax.sparse_offset) return false;
    pax.sparse_pairs.push_back({*pax.sparse_offset, *size});
    pax.sparse_offset.reset();
    return true;
  }
  if (key == "path" || key == "linkpath") {
    if (value.find('\0') != std::string_view::npos) return false;
    auto& field = key == "path" ? pax.path : pax.link_path;
    field.reset();
    if (!value.empty()) field = std::string(value);
    return true;
  }
  if (value.empty()) return true;
  if (key == "size") return store(pax.size, decimal(value));
  if (key == "mtime") return store(pax.mtime, seconds(value));
  if (key == "uid") return store(pax.uid, owner(value));
  if (key == "gid") return store(pax.gid, owner(value));
  if (!key.starts_with("GNU.sparse.")) return true;
  key.remove_prefix(std::string_view("GNU.sparse.").size());
  if (key == "major") pax.sparse_major = value;
  if (key == "minor") pax.sparse_minor = value;
  if (key == "name") pax.sparse_name = value;
  if (key == "map") pax.sparse_map = value;
  if (key == "size" || key == "realsize") return store(pax.sparse_size, decimal(value));
  return pax.sparse_name.find('\0') == std::string::npos;
}

}  // namespace

std::optional<int64_t> tar_number(std::string_view field) {
  auto first = static_cast<uint8_t>(field[0]);
  if ((first & 0x80) == 0) {
    constexpr std::string_view kBlank(" \0", 2);
    size_t from = field.find_first_not_of(kBlank);
    if (from == std::string_view::npos) return 0;
    std::string_view digits = field.substr(from, field.find_last_not_of(kBlank) + 1 - from);
    uint64_t value = 0;
    for (char c : until_nul(digits)) {
      if (c < '0' || c > '7') return std::nullopt;
      value = value * 8 + static_cast<uint64_t>(c - '0');  // 12 digits fit
    }
    return static_cast<int64_t>(value);
  }
  // Base 256: two's complement, big endian, without the marker bit.
  bool negative = (first & 0x40) != 0;
  uint64_t value = negative ? ~uint64_t{0} : 0;
  for (size_t i = 0; i < field.size(); ++i) {
    auto byte = static_cast<uint8_t>(field[i]);
    if (i == 0) byte = static_cast<uint8_t>(negative ? byte | 0x80 : byte & 0x7f);
    auto top = static_cast<int64_t>(value) >> 55;  // what the shift must not push out
    if (top != (negative ? -1 : 0)) return std::nullopt;
    value = (value << 8) | byte;
  }
  return static_cast<int64_t>(value);
}

std::optional<TarHeader> TarHeader::parse(base::ByteView bytes) {
  TarHeader header;
  header.block = base::as_text(bytes);
  if (!checksum_holds(header.block)) return std::nullopt;
  header.type = header.block[156];
  auto size = tar_number(header.block.substr(124, 12));
  if (!size || *size < 0) return std::nullopt;
  header.size = static_cast<uint64_t>(*size);
  header.gnu = header.block.substr(257, 8) == std::string_view("ustar  \0", 8);
  return header;
}

bool TarHeader::fill(TarEntry& entry) const {
  auto mode = tar_number(block.substr(100, 8));
  auto uid = tar_number(block.substr(108, 8));
  auto gid = tar_number(block.substr(116, 8));
  auto mtime = tar_number(block.substr(136, 12));
  if (!mode || !uid || !gid || !mtime) return false;
  entry.mode = static_cast<uint32_t>(*mode);
  entry.uid = static_cast<uint32_t>(*uid);
  entry.gid = static_cast<uint32_t>(*gid);
  entry.mtime = *mtime;
  entry.path.clear();
  if (std::string_view prefix = prefix_of(block, gnu); !prefix.empty()) {
    entry.path.append(prefix).append("/");
  }
  entry.path.append(until_nul(block.substr(0, 100)));
  entry.link_target.assign(until_nul(block.substr(157, 100)));
  return true;
}

Status PaxRecords::parse(std::string_view records) {
  while (!records.empty()) {
    // "<length> <key>=<value>\n", where length counts the whole record.
    size_t space = records.find(' ');
    auto length = space == std::string_view::npos || space > 10
                      ? std::nullopt
                      : base::to_number<uint32_t>(records.substr(0, space));
    if (!length || *length > records.size() || *length < space + 2 ||
        records[*length - 1] != '\n') {
      return Error(Code::kCorrupt, "malformed pax record");
    }
    std::string_view record = records.substr(space + 1, *length - space - 2);
    records.remove_prefix(*length);
    auto pair = base::cut(record, "=");
    if (!pair || pair->first.empty() || pair->first.find('\0') != std::string_view::npos) {
      return Error(Code::kCorrupt, "malformed pax record");
    }
    if (!store_record(*this, pair->first, pair->second)) {
      return Error(Code::kCorrupt,
                   "malformed pax record \"" + base::printable(pair->first, 60) + "\"");
    }
  }
  return {};
}

std::optional<std::vector<Extent>> parse_sparse_map(std::string_view map) {
  std::vector<Extent> extents;
  if (map.empty()) return extents;
  std::vector<std::string_view> numbers = base::split(map, ',');
  if (numbers.size() % 2 != 0) return std::nullopt;
  extents.reserve(numbers.size() / 2);
  for (size_t i = 0; i < numbers.size(); i += 2) {
    auto offset = decimal(numbers[i]);
    auto size = decimal(numbers[i + 1]);
    if (!offset || !size) return std::nullopt;
    extents.push_back({*offset, *size});
  }
  return extents;
}

bool append_gnu_extents(std::string_view fields, std::vector<Extent>& extents) {
  for (; fields.size() >= 24 && fields[0] != '\0'; fields.remove_prefix(24)) {
    auto offset = tar_number(fields.substr(0, 12));
    auto size = tar_number(fields.substr(12, 12));
    if (!offset || !size || *offset < 0 || *size < 0) return false;
    extents.push_back({static_cast<uint64_t>(*offset), static_cast<uint64_t>(*size)});
  }
  return true;
}

bool valid_extents(const std::vector<Extent>& extents, uint64_t size, uint64_t stored_size) {
  uint64_t end = 0, stored = 0;
  for (const Extent& extent : extents) {
    if (extent.offset < end || extent.offset > size || extent.size > size - extent.offset) {
      return false;
    }
    end = extent.offset + extent.size;
    stored += extent.size;  // at most size
  }
  return stored == stored_size;
}

}  // namespace bulkhead::archive
