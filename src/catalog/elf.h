// SPDX-License-Identifier: Apache-2.0
// ELF files (System V ABI, gABI 4.1, chapter 4 and 5): sections by name and bytes by address, 32
// and 64 bit, both byte orders. Everything is bounds-checked; views point into the file.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace bulkhead::catalog {

class Elf {
 public:
  // The most that any ELF header takes.
  static constexpr size_t kHeaderBytes = 64;
  // Whether the first bytes are those of a program: an executable, or one that is loaded anywhere
  // (which a shared library looks like too).
  static bool is_program(base::ByteView head);

  // nullopt when it is no ELF file or its headers lie outside of it.
  static std::optional<Elf> open(base::ByteView file);

  bool wide() const { return wide_; }  // 64 bit
  bool big_endian() const { return big_endian_; }
  size_t pointer_bytes() const { return wide_ ? 8 : 4; }

  bool has_sections() const { return !sections_.empty(); }
  // The bytes of the first section of this name; nullopt when it is absent, has none in the file or
  // is compressed.
  std::optional<base::ByteView> section(std::string_view name) const;

  struct Segment {
    uint64_t address = 0;
    base::ByteView bytes;  // what the file holds of it
    bool writable = false;
    bool executable = false;
  };
  // What is loaded into memory, in the order of the file.
  const std::vector<Segment>& segments() const { return segments_; }
  // The bytes that a loaded program has at an address.
  std::optional<base::ByteView> at_address(uint64_t address, uint64_t size) const;

  // A number of `bytes` (1 to 8) bytes at an offset; nullopt past the end.
  std::optional<uint64_t> number(base::ByteView bytes, uint64_t offset, size_t width) const;

 private:
  struct Section {
    uint64_t name = 0;  // offset into the table of names
    base::ByteView bytes;
    bool usable = false;
  };

  bool read_headers();
  bool read_sections(uint64_t offset, uint64_t entry_bytes, uint64_t count, uint64_t names);
  bool read_segments(uint64_t offset, uint64_t entry_bytes, uint64_t count);
  uint64_t field(uint64_t offset, size_t width) const;  // of file_, 0 past the end
  std::optional<base::ByteView> part(uint64_t offset, uint64_t size) const;

  base::ByteView file_;
  bool wide_ = false;
  bool big_endian_ = false;
  std::vector<Section> sections_;
  base::ByteView names_;
  std::vector<Segment> segments_;
};

}  // namespace bulkhead::catalog
