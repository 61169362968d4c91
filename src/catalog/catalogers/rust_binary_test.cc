// SPDX-License-Identifier: Apache-2.0
// Programs with a list of crates, written in memory. The golden fixture is one of them:
// BULKHEAD_REWRITE_GOLDEN=1 writes it too.
#include <gtest/gtest.h>

#include <cstdlib>

#include "base/fs.h"
#include "catalog/run.h"
#include "tests/support/elf_writer.h"

namespace bulkhead::catalog {
namespace {

constexpr std::string_view kList =
    R"({"packages":[{"name":"autocfg","version":"1.5.0","source":"crates.io","kind":"build"},)"
    R"({"name":"app","version":"0.1.0","source":"local","dependencies":[0,2,9,-1],"root":true},)"
    R"({"name":"itoa","version":"1.0.18","source":"crates.io","dependencies":[3]},)"
    R"({"name":"ryu","version":"1.0.5","source":"crates.io"},)"
    R"({"name":"bad name","version":"1"},{"name":"no-version"}],"format":1})";

// A zlib stream of one stored block.
std::string stored(std::string_view text) {
  std::string out = "\x78\x01\x01";
  for (size_t value : {text.size(), ~text.size()}) {
    out += static_cast<char>(value & 0xff);
    out += static_cast<char>(value >> 8 & 0xff);
  }
  out += text;
  uint32_t a = 1;
  uint32_t b = 0;
  for (char c : text) {
    a = (a + static_cast<uint8_t>(c)) % 65521;
    b = (b + a) % 65521;
  }
  for (uint32_t half : {b, a}) {
    out += static_cast<char>(half >> 8);
    out += static_cast<char>(half & 0xff);
  }
  return out;
}

std::string program(std::string section) {
  testing::ElfWriter elf;
  elf.type = 3;
  elf.sections = {{.name = ".text", .bytes = "x", .address = 0x1000},
                  {.name = ".dep-v0", .bytes = std::move(section), .flags = 0}};
  return elf.build();
}

std::string spell_crates(const std::string& file) {
  const std::vector<std::pair<std::string, std::string>> tree = {{"usr/bin/app", file}};
  base::Diagnostics diagnostics;
  std::string out;
  for (const auto& package : read_tree(tree, TreeKind::kInstalled, diagnostics).packages) {
    out += package.name + " " + package.version + " ";
    out += relation_name(package.relation);
    out += package.dev ? " dev" : "";
    for (const std::string& id : package.depends_on) out += " ->" + id;
    out += "\n";
  }
  for (const auto& diagnostic : diagnostics.all()) out += diagnostic.kind + "\n";
  return out;
}

TEST(RustBinary, ReadsTheListOfCrates) {
  EXPECT_EQ(spell_crates(program(stored(kList))),
            "app 0.1.0 root ->autocfg@1.5.0 ->itoa@1.0.18\n"
            "autocfg 1.5.0 direct dev\n"
            "itoa 1.0.18 direct ->ryu@1.0.5\n"
            "ryu 1.0.5 indirect\n");
}

TEST(RustBinary, SaysWhatItCannotRead) {
  EXPECT_EQ(spell_crates(program("")), "bad-rust-audit-data\n");
  EXPECT_EQ(spell_crates(program("not zlib")), "bad-rust-audit-data\n");
  EXPECT_EQ(spell_crates(program(stored("not JSON"))), "bad-rust-audit-data\n");
  EXPECT_EQ(spell_crates(program(stored("[]"))), "");
  testing::ElfWriter plain;
  plain.sections = {{.name = ".text", .bytes = "x"}};
  EXPECT_EQ(spell_crates(plain.build()), "");
}

TEST(RustBinary, FixtureIsThisProgram) {
  std::string path = std::string(BULKHEAD_ROOM_DIR) +
                     "/catalogers/testdata/rust_binary/auditable/input/usr/bin/app";
  std::string want = program(stored(kList));
  if (std::getenv("BULKHEAD_REWRITE_GOLDEN") != nullptr) {
    ASSERT_TRUE(base::write_file_atomic(path, base::as_bytes(want)));
  }
  auto text = base::read_file(path, 1 << 20);
  ASSERT_TRUE(text);
  EXPECT_EQ(*text, want);
}

}  // namespace
}  // namespace bulkhead::catalog
