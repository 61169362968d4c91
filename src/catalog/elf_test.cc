// SPDX-License-Identifier: Apache-2.0
#include "catalog/elf.h"

#include <gtest/gtest.h>

#include "tests/support/elf_writer.h"

namespace bulkhead::catalog {
namespace {

using testing::ElfWriter;

ElfWriter two_sections(bool wide, bool big_endian) {
  ElfWriter elf;
  elf.wide = wide;
  elf.big_endian = big_endian;
  elf.sections = {{.name = ".data", .bytes = "0123456789", .address = 0x1000},
                  {.name = ".data.more", .bytes = "abc"},
                  {.name = ".bss", .bytes = "xyz", .type = 8},
                  {.name = ".packed", .bytes = "xyz", .flags = 1 << 11}};
  return elf;
}

TEST(Elf, ReadsAllClassesAndOrders) {
  for (bool wide : {false, true}) {
    for (bool big_endian : {false, true}) {
      std::string file = two_sections(wide, big_endian).build();
      base::ByteView bytes = base::as_bytes(file);
      EXPECT_TRUE(Elf::is_program(bytes));
      auto elf = Elf::open(bytes);
      ASSERT_TRUE(elf);
      EXPECT_EQ(elf->wide(), wide);
      EXPECT_EQ(elf->big_endian(), big_endian);
      ASSERT_TRUE(elf->section(".data"));
      EXPECT_EQ(base::as_text(*elf->section(".data")), "0123456789");
      EXPECT_EQ(base::as_text(*elf->section(".data.more")), "abc");
      for (const char* absent : {".dat", ".more", "x", ".bss", ".packed"}) {
        EXPECT_FALSE(elf->section(absent)) << absent;
      }
      ASSERT_EQ(elf->segments().size(), 1u);
      EXPECT_TRUE(elf->segments()[0].writable);
      EXPECT_FALSE(elf->segments()[0].executable);
      EXPECT_EQ(base::as_text(*elf->at_address(0x1002, 3)), "234");
      EXPECT_TRUE(elf->at_address(0x100a, 0));
      EXPECT_FALSE(elf->at_address(0x1008, 3));
      EXPECT_FALSE(elf->at_address(0xfff, 1));
      EXPECT_FALSE(elf->at_address(UINT64_MAX, 2));
      EXPECT_EQ(elf->number(bytes.subspan(16), 0, 2), 2u);
      EXPECT_FALSE(elf->number(bytes, bytes.size() - 1, 2));
    }
  }
}

TEST(Elf, RefusesOtherFiles) {
  ElfWriter library = two_sections(true, false);
  library.type = 1;  // an object file
  EXPECT_FALSE(Elf::is_program(base::as_bytes(library.build())));
  for (std::string text : {"",
                           "\x7f"
                           "ELF",
                           "#!/bin/sh\n"}) {
    text.resize(text.size() + (text.size() > 4 ? 100 : 0));
    EXPECT_FALSE(Elf::is_program(base::as_bytes(text)));
    EXPECT_FALSE(Elf::open(base::as_bytes(text)));
  }
}

// Every cut, and every byte of the headers set to 0xff: no read outside of the file.
TEST(Elf, SurvivesDamage) {
  for (bool wide : {false, true}) {
    std::string file = two_sections(wide, false).build();
    for (size_t cut = 0; cut < file.size(); ++cut) {
      std::vector<std::byte> exact;
      for (char c : file.substr(0, cut)) exact.push_back(static_cast<std::byte>(c));
      if (auto elf = Elf::open(exact)) (void)elf->section(".data.more");
    }
    for (size_t at = 0; at < file.size(); ++at) {
      std::string changed = file;
      changed[at] = '\xff';
      auto elf = Elf::open(base::as_bytes(changed));
      if (!elf) continue;
      (void)elf->section(".data.more");
      (void)elf->at_address(0x1000, 10);
    }
  }
}

TEST(Elf, DoesWithoutSections) {
  ElfWriter writer = two_sections(true, false);
  writer.with_sections = false;
  std::string file = writer.build();
  auto elf = Elf::open(base::as_bytes(file));
  ASSERT_TRUE(elf);
  EXPECT_FALSE(elf->has_sections());
  EXPECT_FALSE(elf->section(".data"));
  EXPECT_TRUE(elf->at_address(0x1000, 10));
}

}  // namespace
}  // namespace bulkhead::catalog
