// SPDX-License-Identifier: Apache-2.0
// Reads the note in the program's own memory (ELF specification, "Note Section").
#include "base/build_id.h"

#include <elf.h>
#include <link.h>

#include <string_view>

#include "base/bytes.h"

namespace bulkhead::base {
namespace {

size_t aligned(size_t size) { return (size + 3) & ~size_t{3}; }

// The id among the notes of one segment.
std::string id_in(const char* notes, size_t size) {
  size_t at = 0;
  while (at + sizeof(ElfW(Nhdr)) <= size) {
    const auto* note = reinterpret_cast<const ElfW(Nhdr)*>(notes + at);
    size_t name = at + sizeof(*note);
    size_t content = name + aligned(note->n_namesz);
    size_t end = content + aligned(note->n_descsz);
    if (end > size) break;
    bool gnu = std::string_view(notes + name, note->n_namesz) == std::string_view("GNU\0", 4);
    if (gnu && note->n_type == NT_GNU_BUILD_ID) {
      return to_hex({reinterpret_cast<const std::byte*>(notes + content), note->n_descsz});
    }
    at = end;
  }
  return "";
}

// dl_iterate_phdr: the first object is the program itself.
int look(dl_phdr_info* object, size_t, void* out) {
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const ElfW(Phdr)& segment = object->dlpi_phdr[i];
    if (segment.p_type != PT_NOTE) continue;
    // Where the loader put the segment.
    const char* notes = reinterpret_cast<const char*>(object->dlpi_addr + segment.p_vaddr);
    std::string& id = *static_cast<std::string*>(out);
    if (id.empty()) id = id_in(notes, segment.p_memsz);
  }
  return 1;
}

}  // namespace

std::string build_id() {
  std::string id;
  ::dl_iterate_phdr(look, &id);
  return id;
}

}  // namespace bulkhead::base
