// SPDX-License-Identifier: Apache-2.0
// Go programs as the linker lays them out, written in memory. The golden fixtures are these
// programs: BULKHEAD_REWRITE_GOLDEN=1 writes them too.
#include <gtest/gtest.h>

#include <cstdlib>

#include "base/fs.h"
#include "base/text.h"
#include "catalog/golang/buildinfo.h"
#include "catalog/golang/module.h"
#include "catalog/run.h"
#include "tests/support/elf_writer.h"

namespace bulkhead::catalog {
namespace {

using testing::ElfWriter;

constexpr std::string_view kModules =
    "path\tgithub.com/Example/app/cmd/app\n"
    "mod\tgithub.com/Example/app\t(devel)\t\n"
    "dep\tgithub.com/BurntSushi/toml\tv1.3.2\th1:o7IhLm0Msx3BaB+n3Ag7L8EVlByGnpq14C4YWiu/gL8=\n"
    "dep\tgolang.org/x/net\tv0.10.0\n"
    "=>\tgithub.com/example/net\tv0.10.1-fork\th1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
    "dep\texample.org/local\tv0.0.0\n"
    "=>\t./local\t(devel)\t\n"
    "dep\tgopkg.in/yaml.v3\tv3.0.1\n"
    "build\t-buildmode=exe\n"
    "build\t-ldflags=\"-s -w -X main.version=1.4.0 -X 'other.Version=9.9.9'\"\n"
    "build\tvcs=git\n"
    "build\tvcs.revision=0123456789abcdef0123456789abcdef01234567\n"
    "build\tvcs.modified=false\n";

std::string framed(std::string_view modules) {
  return "0123456789abcdef" + std::string(modules) + "fedcba9876543210";
}

std::string varint(size_t value) {
  std::string out;
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  return out + static_cast<char>(value);
}

// Go 1.18 and later: the strings follow the header.
ElfWriter inlined(std::string_view version, std::string_view modules) {
  ElfWriter elf;
  std::string info = "\xff Go buildinf:";
  info += std::string("\x08\x02", 2) + std::string(16, '\0');
  info += varint(version.size()) + std::string(version);
  std::string text = framed(modules);
  info += varint(text.size()) + text;
  elf.sections = {{.name = ".go.buildinfo", .bytes = info, .address = 0x500000}};
  return elf;
}

// Go 1.13 to 1.17: the header points at two string headers.
ElfWriter pointed(bool wide, bool big_endian, std::string_view version, std::string_view modules) {
  ElfWriter elf;
  elf.wide = wide;
  elf.big_endian = big_endian;
  const size_t word = wide ? 8 : 4;
  constexpr uint64_t kHeaders = 0x1000;
  constexpr uint64_t kText = 0x2000;
  std::string info = "\xff Go buildinf:";
  info += static_cast<char>(word);
  info += static_cast<char>(big_endian ? 1 : 0);
  elf.put_word(info, kHeaders);
  elf.put_word(info, kHeaders + 2 * word);
  info.resize(32);
  std::string text = framed(modules);
  std::string headers;
  elf.put_word(headers, kText);
  elf.put_word(headers, version.size());
  elf.put_word(headers, kText + version.size());
  elf.put_word(headers, text.size());
  elf.sections = {{.name = ".go.buildinfo", .bytes = info, .address = 0x3000},
                  {.name = ".data", .bytes = headers, .address = kHeaders},
                  {.name = ".rodata", .bytes = std::string(version) + text, .address = kText}};
  return elf;
}

std::string spell_modules(const std::string& program) {
  const std::vector<std::pair<std::string, std::string>> tree = {{"usr/bin/app", program}};
  base::Diagnostics diagnostics;
  std::string out;
  for (const auto& package : read_tree(tree, TreeKind::kInstalled, diagnostics).packages) {
    out += package.name_space + " " + package.name + " " + package.version + "\n";
  }
  for (const auto& diagnostic : diagnostics.all()) out += diagnostic.kind + "\n";
  return out;
}

constexpr std::string_view kWant =
    "github.com/Example app v1.4.0\n"
    "example.org local \n"
    "github.com/example net v0.10.1-fork\n"
    "  stdlib 1.22.3\n"
    "github.com/BurntSushi toml v1.3.2\n"
    "gopkg.in yaml.v3 v3.0.1\n";

std::string want() {
  std::string out(kWant);
  out.erase(out.find("  stdlib"), 1);
  return out;
}

TEST(GoBinary, ReadsEveryLayout) {
  EXPECT_EQ(spell_modules(inlined("go1.22.3", kModules).build()), want());
  for (bool wide : {false, true}) {
    for (bool big_endian : {false, true}) {
      EXPECT_EQ(spell_modules(pointed(wide, big_endian, "go1.22.3 X:strictfips", kModules).build()),
                want())
          << wide << big_endian;
    }
  }
}

TEST(GoBinary, FindsItInAStrippedProgram) {
  ElfWriter elf = inlined("go1.22.3", kModules);
  elf.with_sections = false;
  elf.sections[0].bytes.insert(0, std::string(4096 + 16, '\xff'));
  EXPECT_EQ(spell_modules(elf.build()), want());
  // Not aligned: text that looks like a header.
  elf.sections[0].bytes.insert(0, 1, 'x');
  EXPECT_EQ(spell_modules(elf.build()), "");
}

TEST(GoBinary, NamesTheStandardLibraryAlone) {
  EXPECT_EQ(spell_modules(inlined("go1.21rc2", "").build()), " stdlib 1.21rc2\n");
  EXPECT_EQ(spell_modules(inlined("devel go1.23-abcdef Tue", "").build()), " stdlib \n");
  EXPECT_EQ(spell_modules(inlined("rust", kModules).build()), "bad-go-build-info\n");
}

TEST(GoBinary, LooksAtProgramsOnly) {
  const std::string program = inlined("go1.22.3", "").build();
  struct Case {
    const char* path;
    uint32_t mode;
    bool read;
  };
  const Case cases[] = {{"usr/bin/app", 0644, true},
                        {"app", 0755, true},
                        {"app", 0644, false},
                        {"usr/lib/x.so", 0755, false},
                        {"usr/bin/libx.so.1", 0755, false},
                        {"usr/libexec/app", 0644, true},
                        {"opt/tool.py", 0755, false}};
  for (const Case& c : cases) {
    Interest wanted;
    interest({c.path, base::basename(c.path), program.size(), c.mode}, TreeKind::kInstalled,
             wanted);
    bool asked = false;
    for (const Cataloger* cataloger : wanted.head) asked = asked || cataloger->name == "go_binary";
    EXPECT_EQ(asked, c.read) << c.path;
  }
}

TEST(GoBinary, FixturesAreThesePrograms) {
  const std::pair<const char*, std::string> fixtures[] = {
      {"inline", inlined("go1.22.3", kModules).build()},
      {"pointers", pointed(true, false, "go1.17.13", kModules).build()},
      {"stripped_32_big", [] {
         ElfWriter elf = pointed(false, true, "go1.17.13", kModules);
         elf.with_sections = false;
         return elf.build();
       }()}};
  for (const auto& [name, program] : fixtures) {
    std::string path = std::string(BULKHEAD_ROOM_DIR) + "/catalogers/testdata/go_binary/" + name +
                       "/input/usr/bin/app";
    if (std::getenv("BULKHEAD_REWRITE_GOLDEN") != nullptr) {
      ASSERT_TRUE(base::write_file_atomic(path, base::as_bytes(program))) << path;
    }
    auto text = base::read_file(path, 1 << 20);
    ASSERT_TRUE(text) << path;
    EXPECT_EQ(*text, program) << path;
  }
}

TEST(GoBuildInfo, TakesVersionsFromLinkerFlags) {
  struct Case {
    const char* flags;
    const char* want;
  };
  const Case cases[] = {
      {"", ""},
      {"-s -w", ""},
      {"-X main.version=1.2.3", "v1.2.3"},
      {"-X=main.Version=v1.2.3-rc.1+build", "v1.2.3-rc.1+build"},
      {"--X main.version=1.2.3", "v1.2.3"},
      {"-X 'main.version=1.2.3' -X dep.org/x.Version=9.0.0", "v1.2.3"},
      {"-X dep.org/x.Version=9.0.0 -X a.org/b/internal.Version=2.0.0", "v2.0.0"},
      {"-X dep.org/x.version=1.0.0 -X dep.org/y.gitVersion=v1.0.0", "v1.0.0"},
      {"-X dep.org/x.version=1.0.0 -X dep.org/y.version=2.0.0", ""},
      {"-X main.commit=1.2.3", ""},
      {"-X main.version=1.2", ""},
      {"-X main.version=dev", ""},
      {"-X", ""},
      {"-extldflags '-static -X' -X main.tag=v0.1.0", "v0.1.0"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(golang::version_from_ldflags(c.flags, "a.org/b"), c.want) << c.flags;
  }
}

TEST(GoModule, PathsAndToolchains) {
  for (const char* good : {"a", "github.com/A/b-c_d", "gopkg.in/yaml.v3", "x~y/z"}) {
    EXPECT_TRUE(golang::valid_path(good)) << good;
  }
  for (const char* bad : {"", "/a", "a//b", "a/", "./a", "a/..", "a b", "a\tb"}) {
    EXPECT_FALSE(golang::valid_path(bad)) << bad;
  }
  EXPECT_EQ(golang::toolchain_version("go1.22.3"), "1.22.3");
  EXPECT_EQ(golang::toolchain_version("go1.20"), "1.20");
  EXPECT_EQ(golang::toolchain_version("go1.21rc2 X:foo"), "1.21rc2");
  EXPECT_EQ(golang::toolchain_version("go1.18beta1"), "1.18beta1");
  EXPECT_EQ(golang::toolchain_version("go1.21.3-fips"), "1.21.3");
  EXPECT_EQ(golang::toolchain_version("go1.22rc"), "1.22");
  EXPECT_EQ(golang::toolchain_version("devel go1.23-abc"), "");
  EXPECT_EQ(golang::toolchain_version("go"), "");
}

}  // namespace
}  // namespace bulkhead::catalog
