// SPDX-License-Identifier: Apache-2.0
// Zip archives (PKWARE APPNOTE 6.3.10): the central directory decides what is in the archive, as it
// does for the language runtimes that load from it. Bytes in front of the first entry (launcher
// scripts of executable jars) and behind the directory are tolerated; entries that share bytes are
// not, since that is how a small archive claims petabytes.
#include "archive/zip.h"

#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

#include "base/text.h"

namespace bulkhead::archive {
namespace {

using base::ByteReader;
using base::ByteView;
using base::Code;
using base::Error;
using base::Result;
using base::Status;

constexpr uint32_t kLocalSignature = 0x04034b50;
constexpr uint32_t kCentralSignature = 0x02014b50;
constexpr uint32_t kEndSignature = 0x06054b50;
constexpr uint32_t kEnd64Signature = 0x06064b50;
constexpr uint32_t kLocator64Signature = 0x07064b50;
constexpr size_t kLocalBytes = 30, kCentralBytes = 46, kEndBytes = 22;
constexpr size_t kEnd64Bytes = 56, kLocator64Bytes = 20;
constexpr uint16_t kZip64Extra = 0x0001;
constexpr uint16_t kEncrypted = 0x0001;
constexpr uint16_t kStored = 0, kDeflated = 8;
constexpr uint64_t kMemberRatioFloorBytes = 1 << 20;

Error corrupt(std::string_view what) { return Error(Code::kCorrupt, "zip: " + std::string(what)); }

template <typename T>
T get(ByteView bytes, size_t at) {  // the caller has checked the length
  ByteReader reader(bytes.subspan(at, sizeof(T)));
  return *reader.little<T>();
}

// What the end record (with its zip64 form) says about the central directory.
struct Directory {
  uint64_t offset = 0;  // in the file
  uint64_t size = 0;
  uint64_t count = 0;
  uint64_t base = 0;    // where the archive's own offset 0 is in the file
};

std::optional<size_t> find_end(ByteView archive) {
  if (archive.size() < kEndBytes) return std::nullopt;
  size_t last = archive.size() - kEndBytes;
  size_t first = last > 0xffff ? last - 0xffff : 0;
  for (size_t at = last + 1; at-- > first;) {
    if (archive[at] != std::byte{'P'} || get<uint32_t>(archive, at) != kEndSignature) continue;
    if (get<uint16_t>(archive, at + 20) <= archive.size() - at - kEndBytes) return at;
  }
  return std::nullopt;
}

// The zip64 end record that a locator right before the end record points to.
Result<std::optional<size_t>> find_end64(ByteView archive, size_t end) {
  if (end < kLocator64Bytes + kEnd64Bytes) return std::optional<size_t>();
  size_t locator = end - kLocator64Bytes;
  if (get<uint32_t>(archive, locator) != kLocator64Signature) return std::optional<size_t>();
  // With bytes in front of the archive the recorded place is too small: then it is the record
  // (without extensible data) right before the locator.
  for (uint64_t at : {get<uint64_t>(archive, locator + 8), uint64_t{locator - kEnd64Bytes}}) {
    if (at <= locator - kEnd64Bytes && get<uint32_t>(archive, at) == kEnd64Signature) {
      return std::optional<size_t>(static_cast<size_t>(at));
    }
  }
  return corrupt("zip64 end record missing");
}

Result<Directory> find_directory(ByteView archive) {
  auto end = find_end(archive);
  if (!end) return corrupt("no end record");
  Directory directory;
  directory.count = get<uint16_t>(archive, *end + 10);
  directory.size = get<uint32_t>(archive, *end + 12);
  uint64_t recorded = get<uint32_t>(archive, *end + 16);
  bool split = get<uint16_t>(archive, *end + 4) != get<uint16_t>(archive, *end + 6) ||
               get<uint16_t>(archive, *end + 8) != directory.count;
  size_t limit = *end;
  if (auto end64 = TRY(find_end64(archive, *end))) {
    directory.count = get<uint64_t>(archive, *end64 + 32);
    directory.size = get<uint64_t>(archive, *end64 + 40);
    recorded = get<uint64_t>(archive, *end64 + 48);
    split = get<uint64_t>(archive, *end64 + 24) != directory.count;
    limit = *end64;
  }
  if (split) return Error(Code::kUnsupported, "zip: archive in several parts");
  if (directory.size > limit || recorded > limit - directory.size) {
    return corrupt("central directory outside the archive");
  }
  directory.offset = limit - directory.size;
  directory.base = directory.offset - recorded;
  // Something may stand between directory and end record; then the recorded place is right.
  auto signature_at = [&](uint64_t at) {
    return archive.size() - at >= 4 && get<uint32_t>(archive, at) == kCentralSignature;
  };
  if (directory.base != 0 && directory.count != 0 && !signature_at(directory.offset) &&
      signature_at(recorded)) {
    directory.offset = recorded;
    directory.base = 0;
  }
  return directory;
}

// Replaces the fields that are all ones by those of the zip64 extra field, in their fixed order.
bool apply_zip64(ByteView extra, ZipEntry& entry) {
  constexpr uint64_t kInExtra = 0xffffffff;
  if (entry.size != kInExtra && entry.packed_size != kInExtra && entry.header_offset != kInExtra) {
    return true;
  }
  ByteReader reader(extra);
  while (true) {
    auto id = reader.little<uint16_t>();
    auto size = reader.little<uint16_t>();
    if (!id || !size) return true;  // no such field: the values are what they say
    auto data = reader.take(*size);
    if (!data) return false;
    if (*id != kZip64Extra) continue;
    ByteReader values(*data);
    for (uint64_t* field : {&entry.size, &entry.packed_size, &entry.header_offset}) {
      if (*field != kInExtra) continue;
      auto value = values.little<uint64_t>();
      if (!value) return false;
      *field = *value;
    }
    return true;
  }
}

Result<ZipEntry> read_central(ByteReader& reader, const Directory& directory) {
  auto fixed = reader.take(kCentralBytes);
  if (!fixed || get<uint32_t>(*fixed, 0) != kCentralSignature) {
    return corrupt("bad central directory entry");
  }
  ZipEntry entry;
  entry.method = get<uint16_t>(*fixed, 10);
  entry.crc32 = get<uint32_t>(*fixed, 16);
  entry.packed_size = get<uint32_t>(*fixed, 20);
  entry.size = get<uint32_t>(*fixed, 24);
  entry.header_offset = get<uint32_t>(*fixed, 42);
  auto name = reader.take(get<uint16_t>(*fixed, 28));
  auto extra = reader.take(get<uint16_t>(*fixed, 30));
  if (!name || !extra || !reader.skip(get<uint16_t>(*fixed, 32)) || !apply_zip64(*extra, entry)) {
    return corrupt("bad central directory entry");
  }
  entry.name = base::as_text(*name);
  if (entry.header_offset > directory.offset - directory.base) {
    return corrupt("entry outside the archive: " + base::printable(entry.name, 100));
  }
  entry.header_offset += directory.base;
  return entry;
}

// Where an entry's packed bytes begin; nullopt when its local header is not one or they do not fit.
std::optional<uint64_t> data_offset(ByteView archive, const ZipEntry& entry) {
  if (entry.header_offset > archive.size() ||
      archive.size() - entry.header_offset < kLocalBytes) {
    return std::nullopt;
  }
  ByteView local = archive.subspan(static_cast<size_t>(entry.header_offset));
  if (get<uint32_t>(local, 0) != kLocalSignature) return std::nullopt;
  uint64_t data = kLocalBytes + uint64_t{get<uint16_t>(local, 26)} + get<uint16_t>(local, 28);
  if (data > local.size() || entry.packed_size > local.size() - data) return std::nullopt;
  return entry.header_offset + data;
}

Status refuse_overlaps(ByteView archive, const std::vector<ZipEntry>& entries, uint64_t limit) {
  std::vector<std::pair<uint64_t, uint64_t>> ranges;  // begin, end
  ranges.reserve(entries.size());
  for (const ZipEntry& entry : entries) {
    auto data = data_offset(archive, entry);
    if (!data) return corrupt("bad local header of " + base::printable(entry.name, 100));
    ranges.emplace_back(entry.header_offset, *data + entry.packed_size);
  }
  std::sort(ranges.begin(), ranges.end());
  ranges.emplace_back(limit, limit);
  for (size_t i = 1; i < ranges.size(); ++i) {
    if (ranges[i].first < ranges[i - 1].second) return corrupt("overlapping entries");
  }
  return {};
}

Status inflate(ByteView packed, base::Bytes& out) {
  constexpr size_t kMost = std::numeric_limits<uint32_t>::max();
  if (packed.size() > kMost || out.size() > kMost) {
    return Error(Code::kLimit, "zip: entry of more than 4 GiB");
  }
  auto state = std::make_unique<inflate_state>();
  isal_inflate_init(state.get());
  state->crc_flag = ISAL_DEFLATE;
  // ISA-L's interface is not const; it does not write to its input.
  state->next_in = reinterpret_cast<uint8_t*>(const_cast<std::byte*>(packed.data()));
  state->avail_in = static_cast<uint32_t>(packed.size());
  state->next_out = reinterpret_cast<uint8_t*>(out.data());
  state->avail_out = static_cast<uint32_t>(out.size());
  int code = isal_inflate_stateless(state.get());
  if (code != ISAL_DECOMP_OK || state->avail_out != 0) return corrupt("malformed deflate data");
  return {};
}

}  // namespace

Result<ZipReader> ZipReader::open(ByteView archive, const base::Limits& limits) {
  Directory directory = TRY(find_directory(archive));
  if (directory.count > limits.max_entries) {
    return Error(Code::kLimit,
                 "zip: more than " + std::to_string(limits.max_entries) + " entries");
  }
  if (directory.count > directory.size / kCentralBytes) return corrupt("bad number of entries");
  ZipReader zip;
  zip.archive_ = archive;
  zip.limits_ = limits;
  zip.entries_.reserve(static_cast<size_t>(directory.count));
  ByteReader reader(archive.subspan(static_cast<size_t>(directory.offset),
                                    static_cast<size_t>(directory.size)));
  for (uint64_t i = 0; i < directory.count; ++i) {
    zip.entries_.push_back(TRY(read_central(reader, directory)));
  }
  TRY(refuse_overlaps(archive, zip.entries_, directory.offset));
  return zip;
}

Status ZipReader::read(const ZipEntry& entry, base::Bytes& out) const {
  auto where = [&](Error error) {
    return std::move(error).context(base::printable(entry.name, 200));
  };
  auto data = data_offset(archive_, entry);
  if (!data) return where(corrupt("bad local header"));
  uint16_t flags = get<uint16_t>(archive_, static_cast<size_t>(entry.header_offset) + 6);
  if ((flags & kEncrypted) != 0) return where(Error(Code::kUnsupported, "zip: encrypted"));
  if (entry.size > limits_.max_bytes) {
    return where(Error(Code::kLimit, "zip: more than " + std::to_string(limits_.max_bytes) +
                                         " bytes"));
  }
  if (entry.size > kMemberRatioFloorBytes &&
      entry.size / std::max(limits_.max_ratio, 1u) > entry.packed_size) {
    return where(Error(Code::kLimit, "zip: more than " + std::to_string(limits_.max_ratio) +
                                         " times its packed size"));
  }
  ByteView packed = archive_.subspan(static_cast<size_t>(*data),
                                     static_cast<size_t>(entry.packed_size));
  if (entry.method == kStored) {
    if (entry.packed_size != entry.size) return where(corrupt("sizes of a stored entry differ"));
    out.assign(packed.begin(), packed.end());
  } else if (entry.method == kDeflated) {
    out.resize(static_cast<size_t>(entry.size));
    if (Status inflated = inflate(packed, out); !inflated) {
      return where(std::move(inflated).error());
    }
  } else {
    return where(Error(Code::kUnsupported,
                       "zip: compression method " + std::to_string(entry.method)));
  }
  uint32_t crc = crc32_gzip_refl(0, reinterpret_cast<const unsigned char*>(out.data()),
                                 out.size());
  if (crc != entry.crc32) return where(corrupt("checksum mismatch"));
  return {};
}

}  // namespace bulkhead::archive
