// SPDX-License-Identifier: Apache-2.0
// Writes small ELF programs in memory: 32 or 64 bit, either byte order, with or without a section
// table. What has an address is loaded, each section as a segment of its own.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bulkhead::testing {

class ElfWriter {
 public:
  struct Section {
    std::string name;
    std::string bytes;
    uint64_t address = 0;  // 0: not loaded
    uint32_t type = 1;     // SHT_PROGBITS
    uint64_t flags = 3;    // writable, loaded
  };

  bool wide = true;
  bool big_endian = false;
  uint16_t type = 2;  // ET_EXEC
  bool with_sections = true;
  std::vector<Section> sections;

  // A number in the byte order of the file.
  void put(std::string& out, uint64_t value, size_t width) const {
    for (size_t i = 0; i < width; ++i) {
      size_t shift = 8 * (big_endian ? width - 1 - i : i);
      out += static_cast<char>(value >> shift & 0xff);
    }
  }
  void put_word(std::string& out, uint64_t value) const { put(out, value, wide ? 8 : 4); }

  std::string build() const {
    const size_t header = wide ? 64 : 52;
    const size_t program_entry = wide ? 56 : 32;
    size_t loaded = 0;
    for (const Section& section : sections) loaded += section.address != 0 ? 1 : 0;

    std::string data;  // behind the headers
    std::vector<size_t> offsets;
    const size_t start = round_up(header + loaded * program_entry);
    for (const Section& section : sections) {
      offsets.push_back(start + data.size());
      data += section.bytes;
      data.resize(round_up(data.size()));
    }
    std::string names(1, '\0');
    std::vector<size_t> name_at;
    for (const Section& section : sections) {
      name_at.push_back(names.size());
      names += section.name + '\0';
    }
    const size_t own_name = names.size();
    names += std::string(".shstrtab") + '\0';
    const size_t names_offset = start + data.size();
    std::string table;
    if (with_sections) {
      data += names;
      data.resize(round_up(data.size()));
      section_entry(table, 0, 0, 0, 0, 0, 0);
      for (size_t i = 0; i < sections.size(); ++i) {
        const Section& s = sections[i];
        section_entry(table, name_at[i], s.type, s.flags, s.address, offsets[i], s.bytes.size());
      }
      section_entry(table, own_name, 3, 0, 0, names_offset, names.size());
    }

    std::string out =
        "\x7f"
        "ELF";
    out += static_cast<char>(wide ? 2 : 1);
    out += static_cast<char>(big_endian ? 2 : 1);
    out += '\1';
    out.resize(16);
    put(out, type, 2);
    put(out, 62, 2);  // EM_X86_64; nobody looks
    put(out, 1, 4);
    put_word(out, 0);
    put_word(out, loaded == 0 ? 0 : header);
    put_word(out, with_sections ? start + data.size() : 0);
    put(out, 0, 4);
    put(out, header, 2);
    put(out, program_entry, 2);
    put(out, loaded, 2);
    put(out, wide ? 64 : 40, 2);
    put(out, with_sections ? sections.size() + 2 : 0, 2);
    put(out, with_sections ? sections.size() + 1 : 0, 2);
    for (size_t i = 0; i < sections.size(); ++i) {
      if (sections[i].address != 0) program_header(out, sections[i], offsets[i]);
    }
    out.resize(start);
    return out + data + table;
  }

 private:
  static size_t round_up(size_t value) { return (value + 15) / 16 * 16; }

  void program_header(std::string& out, const Section& section, size_t offset) const {
    put(out, 1, 4);            // PT_LOAD
    if (wide) put(out, 6, 4);  // readable, writable
    put_word(out, offset);
    put_word(out, section.address);
    put_word(out, section.address);
    put_word(out, section.bytes.size());
    put_word(out, section.bytes.size());
    if (!wide) put(out, 6, 4);
    put_word(out, 16);
  }

  void section_entry(std::string& out, size_t name, uint32_t kind, uint64_t flags, uint64_t address,
                     size_t offset, size_t size) const {
    put(out, name, 4);
    put(out, kind, 4);
    put_word(out, flags);
    put_word(out, address);
    put_word(out, offset);
    put_word(out, size);
    put(out, 0, 4);
    put(out, 0, 4);
    put_word(out, 16);
    put_word(out, 0);
  }
};

}  // namespace bulkhead::testing
