// SPDX-License-Identifier: Apache-2.0
// The tar stream: entries in order, content handed out where it lies in the buffer.
//
// Headers that describe the next entry (pax, GNU long names) are gathered first; together they may
// not exceed max_header_bytes. Global pax headers are checked but not applied: container engines do
// not apply them either, and a scanner must see the paths that they will create.
#include "archive/tar.h"

#include <algorithm>
#include <array>

#include "archive/tar_header.h"
#include "archive/tar_input.h"
#include "base/text.h"

namespace bulkhead::archive {

using base::ByteView;
using base::Code;
using base::Error;
using base::Result;
using base::Source;
using base::Status;

namespace {

constexpr std::array<std::byte, 64 << 10> kZeros{};

EntryType entry_type(char type) {
  switch (type) {
    case '\0':
    case '0':
    case '7':  // contiguous file
    case 'S': return EntryType::kFile;
    case '1': return EntryType::kHardLink;
    case '2': return EntryType::kSymlink;
    case '3': return EntryType::kCharDevice;
    case '4': return EntryType::kBlockDevice;
    case '5': return EntryType::kDirectory;
    case '6': return EntryType::kFifo;
    default: return EntryType::kOther;
  }
}

// Entries of the other types have no content, whatever size their header gives.
bool has_content(EntryType type) {
  return type == EntryType::kFile || type == EntryType::kOther;
}

bool is_zero(ByteView bytes) {
  return std::ranges::all_of(bytes, [](std::byte byte) { return byte == std::byte{0}; });
}

uint64_t padding_after(uint64_t size) { return (kTarBlock - size % kTarBlock) % kTarBlock; }

// Names and records that stand before the entry they are about.
struct Pending {
  PaxRecords pax;
  std::optional<std::string> long_path, long_link;
  uint64_t bytes = 0;
  bool any = false;
};

}  // namespace

struct TarReader::State {
  State(Source& source, const TarLimits& l) : input(source), limits(l) {}

  TarInput input;
  TarLimits limits;
  TarEntry entry;
  uint64_t entries = 0;
  bool finished = false;

  // Content of the current entry.
  uint64_t stored_left = 0;
  uint64_t padding = 0;
  uint64_t position = 0;  // in the expanded file
  std::vector<Extent> extents;
  size_t extent = 0;

  Error corrupt(std::string_view what) const {
    return Error(Code::kCorrupt,
                 "tar: " + std::string(what) + " at byte " + std::to_string(input.offset()));
  }

  // Skips what is left in the archive of the current entry.
  Status skip_content() {
    uint64_t stored = std::exchange(stored_left, 0);
    uint64_t skipped = TRY(input.skip(stored + std::exchange(padding, 0)));
    // Only the padding of the last entry may be missing.
    if (skipped < stored) return corrupt("truncated entry");
    return {};
  }

  // The next header block; empty at the end of the archive.
  Result<ByteView> next_block() {
    TRY(input.gather(kTarBlock));
    if (input.ready().empty()) return ByteView();
    if (input.ready().size() < kTarBlock) return corrupt("truncated header");
    ByteView block = input.ready().first(kTarBlock);
    if (block[0] != std::byte{0} || !is_zero(block)) return block;
    input.take(kTarBlock);
    TRY(input.gather(kTarBlock));
    block = input.ready().first(std::min(input.ready().size(), kTarBlock));
    if (!block.empty() && block.size() < kTarBlock) return corrupt("truncated header");
    if (!is_zero(block)) return corrupt("one zero block, not two,");
    return ByteView();
  }

  // The content of a header that describes the next entry.
  Result<std::string> description(uint64_t size, Pending& pending) {
    if (size > limits.max_header_bytes - std::min(pending.bytes, limits.max_header_bytes)) {
      return Error(Code::kLimit, "tar: headers of one entry exceed " +
                                     std::to_string(limits.max_header_bytes) + " bytes");
    }
    pending.bytes += size + kTarBlock;
    std::string text;
    text.reserve(static_cast<size_t>(size));
    while (text.size() < size) {
      TRY(input.gather(1));
      ByteView piece = input.take(size - text.size());
      if (piece.empty()) return corrupt("truncated header");
      text.append(base::as_text(piece));
    }
    TRY(input.skip(padding_after(size)));
    return text;
  }

  // Consumes a header that describes another entry; false when this one is an entry itself.
  Result<bool> describe(const TarHeader& header, Pending& pending) {
    char type = header.type;
    if (type != 'x' && type != 'X' && type != 'g' && type != 'L' && type != 'K') return false;
    uint64_t size = header.size;
    input.take(kTarBlock);  // the header's view dies here
    std::string text = TRY(description(size, pending));
    if (type == 'L' || type == 'K') {
      text.resize(std::min(text.find('\0'), text.size()));
      (type == 'L' ? pending.long_path : pending.long_link) = std::move(text);
    } else {
      PaxRecords records;
      Status parsed = records.parse(text);
      if (!parsed) return corrupt(parsed.error().message());
      if (type != 'g') pending.pax = std::move(records);
    }
    pending.any = pending.any || type != 'g';
    return true;
  }

  Result<bool> next_entry() {
    Pending pending;
    while (true) {
      ByteView block = TRY(next_block());
      if (block.empty()) {
        if (pending.any) return corrupt("headers without their entry");
        finished = true;
        TRY(input.drain());
        return false;
      }
      auto header = TarHeader::parse(block);
      if (!header) return corrupt("bad header");
      if (TRY(describe(*header, pending))) continue;
      TRY(begin_entry(*header, pending));
      return true;
    }
  }

  Status begin_entry(const TarHeader& header, Pending& pending) {
    if (++entries > limits.max_entries) {
      return Error(Code::kLimit,
                   "tar: more than " + std::to_string(limits.max_entries) + " entries");
    }
    if (!header.fill(entry)) return corrupt("bad number in a header");
    char type = header.type;
    entry.size = header.size;
    TRY(apply(pending));
    entry.type = entry_type(type);
    if (type == '\0' && entry.path.ends_with('/')) entry.type = EntryType::kDirectory;  // V7
    entry.stored_size = has_content(entry.type) ? entry.size : 0;
    entry.size = entry.stored_size;
    entry.sparse = false;
    stored_left = entry.stored_size;
    padding = padding_after(entry.stored_size);
    position = 0;
    extents.clear();
    extent = 0;
    if (type == 'S') {
      TRY(read_gnu_map(header));
    } else {
      input.take(kTarBlock);
      if (pending.any) TRY(read_pax_map(pending.pax));
    }
    entry.offset = input.offset();
    entry.stored_size = stored_left;
    if (entry.sparse && (!has_content(entry.type) ||
                         !valid_extents(extents, entry.size, entry.stored_size))) {
      return corrupt("bad sparse map");
    }
    return check_lengths();
  }

  Status apply(Pending& pending) {
    PaxRecords& pax = pending.pax;
    if (!pending.any) return {};
    if (pax.path) entry.path = std::move(*pax.path);
    if (pax.link_path) entry.link_target = std::move(*pax.link_path);
    if (pending.long_path) entry.path = std::move(*pending.long_path);
    if (pending.long_link) entry.link_target = std::move(*pending.long_link);
    if (pax.size) entry.size = *pax.size;
    if (pax.uid) entry.uid = *pax.uid;
    if (pax.gid) entry.gid = *pax.gid;
    if (pax.mtime) entry.mtime = *pax.mtime;
    // Leaves room for padding and offsets in 64 bits.
    if (entry.size > uint64_t{1} << 62) return corrupt("impossible size");
    return {};
  }

  Status check_lengths() {
    size_t longest = std::max(entry.path.size(), entry.link_target.size());
    entry.path_too_long = longest > limits.max_path_bytes;
    if (entry.path_too_long && !limits.give_long_paths) {
      return Error(Code::kLimit, "tar: a path of " + std::to_string(longest) + " bytes: " +
                                     base::printable(entry.path, 60));
    }
    return {};
  }

  // Old GNU format: the map is in the header and in the blocks that follow it.
  Status read_gnu_map(const TarHeader& header) {
    auto size = tar_number(header.block.substr(483, 12));
    if (!header.gnu || !size || *size < 0 ||
        !append_gnu_extents(header.block.substr(386, 96), extents)) {
      return corrupt("bad sparse map");
    }
    entry.size = static_cast<uint64_t>(*size);
    entry.sparse = true;
    bool more = header.block[482] != '\0';
    input.take(kTarBlock);
    for (uint64_t bytes = kTarBlock; more; bytes += kTarBlock) {
      if (bytes > limits.max_header_bytes) return Error(Code::kLimit, "tar: sparse map too long");
      TRY(input.gather(kTarBlock));
      if (input.ready().size() < kTarBlock) return corrupt("truncated sparse map");
      std::string_view block = base::as_text(input.take(kTarBlock));
      if (!append_gnu_extents(block.substr(0, 504), extents)) return corrupt("bad sparse map");
      more = block[504] != '\0';
    }
    return {};
  }

  // Pax formats 0.0 and 0.1 have the map in records, 1.0 in front of the content.
  Status read_pax_map(PaxRecords& pax) {
    bool in_content = pax.sparse_major == "1" && pax.sparse_minor == "0";
    bool in_records = pax.sparse_major == "0" || (pax.sparse_major.empty() &&
                                                  (!pax.sparse_map.empty() ||
                                                   !pax.sparse_pairs.empty()));
    if (!in_content && !in_records) return {};
    if (!pax.sparse_name.empty()) entry.path = std::move(pax.sparse_name);
    if (pax.sparse_size) entry.size = *pax.sparse_size;
    entry.sparse = true;
    if (in_content) return read_leading_map();
    if (!pax.sparse_pairs.empty()) {
      extents = std::move(pax.sparse_pairs);
      return {};
    }
    auto parsed = parse_sparse_map(pax.sparse_map);
    if (!parsed) return corrupt("bad sparse map");
    extents = std::move(*parsed);
    return {};
  }

  // Decimal numbers, each ended by a newline: how many extents, then offset and size of each;
  // padded to a whole block.
  Status read_leading_map() {
    std::optional<uint64_t> numbers;
    uint64_t value = 0, seen = 0, offset_of_extent = 0;
    int digits = 0;
    for (uint64_t bytes = 0; !numbers || seen < *numbers; bytes += kTarBlock) {
      if (bytes >= limits.max_header_bytes) return Error(Code::kLimit, "tar: sparse map too long");
      if (stored_left < kTarBlock) return corrupt("truncated sparse map");
      TRY(input.gather(kTarBlock));
      if (input.ready().size() < kTarBlock) return corrupt("truncated sparse map");
      stored_left -= kTarBlock;
      for (char c : base::as_text(input.take(kTarBlock))) {
        if (numbers && seen == *numbers) break;  // the rest is padding
        if (base::is_digit(c) && ++digits <= 19) {
          value = value * 10 + static_cast<uint64_t>(c - '0');
          continue;
        }
        if (c != '\n' || digits == 0 || digits > 19) return corrupt("bad sparse map");
        if (!numbers) {
          if (value > limits.max_header_bytes) return corrupt("bad sparse map");
          numbers = value * 2;
        } else if (seen++ % 2 == 0) {
          offset_of_extent = value;
        } else {
          extents.push_back({offset_of_extent, value});
        }
        value = 0;
        digits = 0;
      }
    }
    return {};
  }

  // Up to `most` stored bytes, where they lie in the buffer.
  Result<ByteView> stored_piece(uint64_t most) {
    if (most == 0) return ByteView();
    TRY(input.gather(1));
    ByteView out = input.take(most);
    if (out.empty()) return corrupt("truncated entry");
    stored_left -= out.size();
    return out;
  }

  Result<ByteView> piece(uint64_t most) {
    if (!entry.sparse) return stored_piece(std::min(most, stored_left));
    while (extent < extents.size() && position == extents[extent].offset + extents[extent].size) {
      ++extent;
    }
    uint64_t stop = extent < extents.size() ? extents[extent].offset : entry.size;
    ByteView out;
    if (position < stop) {
      out = std::span(kZeros).first(
          static_cast<size_t>(std::min({most, stop - position, uint64_t{kZeros.size()}})));
    } else if (extent < extents.size()) {
      uint64_t left = extents[extent].offset + extents[extent].size - position;
      out = TRY(stored_piece(std::min(most, left)));
    }
    position += out.size();
    return out;
  }

  // Large reads of content that is not buffered yet go straight from the source to the caller.
  Result<size_t> read(std::span<std::byte> out) {
    size_t filled = 0;
    while (filled < out.size()) {
      std::span<std::byte> room = out.subspan(filled);
      if (!entry.sparse && input.ready().empty() && stored_left >= room.size() &&
          room.size() >= TarInput::kBufferBytes / 4) {
        size_t got = TRY(input.read_through(room));
        if (got == 0) return corrupt("truncated entry");
        stored_left -= got;
        filled += got;
        continue;
      }
      ByteView next = TRY(piece(room.size()));
      if (next.empty()) break;
      std::copy(next.begin(), next.end(), room.begin());
      filled += next.size();
    }
    return filled;
  }
};

TarReader::TarReader(Source& source, const TarLimits& limits)
    : state_(std::make_unique<State>(source, limits)) {}
TarReader::~TarReader() = default;

Result<bool> TarReader::next() {
  if (state_->finished) return false;
  TRY(state_->skip_content());
  return state_->next_entry();
}

const TarEntry& TarReader::entry() const { return state_->entry; }

Result<size_t> TarReader::read(std::span<std::byte> out) { return state_->read(out); }

Result<ByteView> TarReader::read_piece() { return state_->piece(TarInput::kBufferBytes); }

Result<std::string> normal_path(std::string_view path) {
  if (path.find('\0') != std::string_view::npos) {
    return Error(Code::kInvalid, "path with a NUL byte: " + base::printable(path, 100));
  }
  std::string out;
  out.reserve(path.size());
  for (std::string_view rest = path; !rest.empty();) {
    size_t slash = std::min(rest.find('/'), rest.size());
    std::string_view segment = rest.substr(0, slash);
    rest.remove_prefix(std::min(slash + 1, rest.size()));
    if (segment.empty() || segment == ".") continue;
    if (segment == "..") {
      return Error(Code::kInvalid, "path that leaves its directory: " + base::printable(path, 100));
    }
    if (!out.empty()) out += '/';
    out += segment;
  }
  return out;
}

}  // namespace bulkhead::archive
