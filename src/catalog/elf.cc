// SPDX-License-Identifier: Apache-2.0
// The parts of ELF that finding a section or a string in a program takes.
#include "catalog/elf.h"

#include "base/text.h"

namespace bulkhead::catalog {

using base::ByteView;

namespace {

constexpr uint64_t kExec = 2;  // e_type
constexpr uint64_t kDyn = 3;
constexpr uint64_t kLoad = 1;              // p_type
constexpr uint64_t kNoBits = 8;            // sh_type
constexpr uint64_t kCompressed = 1 << 11;  // sh_flags
constexpr uint64_t kExtended = 0xffff;     // e_phnum and e_shstrndx: see the first section
// A program has a few dozen of each; crafted headers must not make us allocate for more.
constexpr uint64_t kMaxSections = 1 << 16;
constexpr uint64_t kMaxSegments = 1 << 12;

constexpr std::string_view kMagic =
    "\x7f"
    "ELF";

uint64_t load(ByteView bytes, bool big_endian) {
  uint64_t value = 0;
  for (size_t i = 0; i < bytes.size(); ++i) {
    value = value << 8 | static_cast<uint8_t>(bytes[big_endian ? i : bytes.size() - 1 - i]);
  }
  return value;
}

// Whether the identification says a class and a byte order that exist.
bool valid_ident(ByteView head) {
  if (head.size() < 52 || !base::as_text(head).starts_with(kMagic)) return false;
  auto known = [&](size_t at) { return head[at] == std::byte{1} || head[at] == std::byte{2}; };
  return known(4) && known(5);
}

}  // namespace

bool Elf::is_program(ByteView head) {
  if (!valid_ident(head)) return false;
  uint64_t type = load(head.subspan(16, 2), head[5] == std::byte{2});
  return type == kExec || type == kDyn;
}

std::optional<Elf> Elf::open(ByteView file) {
  if (!valid_ident(file)) return std::nullopt;
  Elf elf;
  elf.file_ = file;
  elf.wide_ = file[4] == std::byte{2};
  elf.big_endian_ = file[5] == std::byte{2};
  if (!elf.read_headers()) return std::nullopt;
  return elf;
}

std::optional<ByteView> Elf::part(uint64_t offset, uint64_t size) const {
  if (offset > file_.size() || size > file_.size() - offset) return std::nullopt;
  return file_.subspan(static_cast<size_t>(offset), static_cast<size_t>(size));
}

std::optional<uint64_t> Elf::number(ByteView bytes, uint64_t offset, size_t width) const {
  if (offset > bytes.size() || width > bytes.size() - offset) return std::nullopt;
  return load(bytes.subspan(static_cast<size_t>(offset), width), big_endian_);
}

uint64_t Elf::field(uint64_t offset, size_t width) const {
  return number(file_, offset, width).value_or(0);
}

bool Elf::read_headers() {
  if (wide_ && file_.size() < kHeaderBytes) return false;
  const size_t word = pointer_bytes();
  // e_entry, e_phoff and e_shoff are words; what follows are e_flags and six half words.
  const uint64_t offsets = 24 + word;
  const uint64_t program_offset = field(offsets, word);
  const uint64_t section_offset = field(offsets + word, word);
  const uint64_t counts = offsets + 2 * word + 4;
  const uint64_t program_bytes = field(counts + 2, 2);
  uint64_t program_count = field(counts + 4, 2);
  const uint64_t section_bytes = field(counts + 6, 2);
  uint64_t section_count = field(counts + 8, 2);
  uint64_t names = field(counts + 10, 2);
  if (section_offset != 0) {
    // Counts that do not fit stand in the first section: sh_size, sh_link, sh_info.
    const uint64_t sizes = section_offset + 8 + 3 * word;
    if (section_count == 0) section_count = field(sizes, word);
    if (names == kExtended) names = field(sizes + word, 4);
    if (program_count == kExtended) program_count = field(sizes + word + 4, 4);
  }
  if (!read_segments(program_offset, program_bytes, program_count)) return false;
  // Programs run without sections, so damage here is no reason to refuse the file.
  if (section_offset != 0 && !read_sections(section_offset, section_bytes, section_count, names)) {
    sections_.clear();
  }
  return true;
}

bool Elf::read_segments(uint64_t offset, uint64_t entry_bytes, uint64_t count) {
  const size_t word = pointer_bytes();
  if (count > kMaxSegments) return false;
  if (count != 0 && (entry_bytes < (wide_ ? 56 : 32) || !part(offset, entry_bytes * count))) {
    return false;
  }
  for (uint64_t i = 0; i < count; ++i) {
    const uint64_t at = offset + i * entry_bytes;
    if (field(at, 4) != kLoad) continue;
    // p_type, then p_flags in 64 bit, then words; in 32 bit p_flags comes late.
    const uint64_t words = at + (wide_ ? 8 : 4);
    const uint64_t flags = field(wide_ ? at + 4 : at + 24, 4);
    auto bytes = part(field(words, word), field(words + 3 * word, word));
    if (!bytes) continue;
    segments_.push_back({.address = field(words + word, word),
                         .bytes = *bytes,
                         .writable = (flags & 2) != 0,
                         .executable = (flags & 1) != 0});
  }
  return true;
}

bool Elf::read_sections(uint64_t offset, uint64_t entry_bytes, uint64_t count, uint64_t names) {
  const size_t word = pointer_bytes();
  if (count == 0 || count > kMaxSections || entry_bytes < (wide_ ? 64 : 40) ||
      !part(offset, entry_bytes * count) || names >= count) {
    return false;
  }
  sections_.reserve(static_cast<size_t>(count));
  for (uint64_t i = 0; i < count; ++i) {
    const uint64_t at = offset + i * entry_bytes;
    // sh_name and sh_type, then the words sh_flags, sh_addr, sh_offset, sh_size.
    const uint64_t type = field(at + 4, 4);
    const uint64_t flags = field(at + 8, word);
    Section& section = sections_.emplace_back();
    section.name = field(at, 4);
    auto bytes = part(field(at + 8 + 2 * word, word), field(at + 8 + 3 * word, word));
    section.usable = bytes && type != kNoBits && (flags & kCompressed) == 0;
    if (bytes) section.bytes = *bytes;
  }
  const Section& table = sections_[static_cast<size_t>(names)];
  if (!table.usable) return false;
  names_ = table.bytes;
  return true;
}

std::optional<ByteView> Elf::section(std::string_view name) const {
  std::string_view names = base::as_text(names_);
  for (const Section& section : sections_) {
    if (section.name >= names.size()) continue;
    std::string_view rest = names.substr(static_cast<size_t>(section.name));
    bool same = rest.starts_with(name) && rest.size() > name.size() && rest[name.size()] == '\0';
    if (!same) continue;
    if (!section.usable) return std::nullopt;
    return section.bytes;
  }
  return std::nullopt;
}

std::optional<ByteView> Elf::at_address(uint64_t address, uint64_t size) const {
  for (const Segment& segment : segments_) {
    if (address < segment.address) continue;
    uint64_t offset = address - segment.address;
    if (offset > segment.bytes.size() || size > segment.bytes.size() - offset) continue;
    return segment.bytes.subspan(static_cast<size_t>(offset), static_cast<size_t>(size));
  }
  return std::nullopt;
}

}  // namespace bulkhead::catalog
