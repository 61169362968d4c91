// SPDX-License-Identifier: Apache-2.0
// Finding programs by path, mode and ELF header, so that few files are read whole.
#include "catalog/programs.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "catalog/elf.h"

namespace bulkhead::catalog {
namespace {

bool is_library(std::string_view base) {
  return base.ends_with(".so") || base.find(".so.") != base.npos;
}

// Executable bits are set on these too often to look into each.
bool is_other(std::string_view base) {
  constexpr std::array<std::string_view, 9> kEndings = {".py", ".sh", ".pl", ".rb",   ".js",
                                                        ".ko", ".a",  ".o",  ".class"};
  return std::any_of(kEndings.begin(), kEndings.end(),
                     [&](std::string_view end) { return base.ends_with(end); });
}

bool in_program_directory(std::string_view path) {
  std::string_view directory = base::basename(base::dirname(path));
  return directory == "bin" || directory == "sbin" || directory == "libexec";
}

}  // namespace

Want wants_program(const FileInfo& file) {
  bool runs = (file.mode & 0111) != 0 || in_program_directory(file.path);
  bool other = file.size < Elf::kHeaderBytes || is_library(file.base) || is_other(file.base);
  return runs && !other ? Want::kHead : Want::kNone;
}

bool is_program(const FileInfo&, base::ByteView head) { return Elf::is_program(head); }

}  // namespace bulkhead::catalog
