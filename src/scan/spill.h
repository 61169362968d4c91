// SPDX-License-Identifier: Apache-2.0
// Spill: gives readers that need random access (rpm databases, ELF sections) one contiguous view of
// a streamed file. Small files are held in memory; larger ones go to an unlinked temporary file and
// are mapped, so that memory stays bounded.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/fs.h"
#include "base/io.h"
#include "base/result.h"

namespace bulkhead::scan {

class Spill {
 public:
  static constexpr uint64_t kMemoryBytes = 8ull << 20;

  // `file` is an empty unlinked file opened for reading and writing; invalid: nothing above
  // kMemoryBytes can be read (kUnsupported).
  explicit Spill(base::Fd file) : file_(std::move(file)) {}

  // Reads `size` bytes after `head` (already read) from content. The view is valid until the next
  // call. kCorrupt when content ends early.
  base::Result<base::ByteView> gather(base::ByteView head, base::Source& content, uint64_t size);
  // Gives back memory and disk space that a large file needed.
  void release();

 private:
  base::Result<base::ByteView> to_file(base::ByteView head, base::Source& content, uint64_t size);

  base::Fd file_;
  base::Bytes buffer_;
  base::Mapping mapping_;
};

// An unlinked file in the directory, for Spill.
base::Result<base::Fd> make_spill_file(const std::string& directory);

}  // namespace bulkhead::scan
