// SPDX-License-Identifier: Apache-2.0
// Streaming reader of tar archives: POSIX ustar and pax (IEEE 1003.1), GNU long names, GNU and pax
// sparse files, base-256 numbers, old V7 headers.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/io.h"
#include "base/limits.h"
#include "base/result.h"

namespace bulkhead::archive {

enum class EntryType : uint8_t {
  kFile, kHardLink, kSymlink, kDirectory, kCharDevice, kBlockDevice, kFifo, kOther
};

struct TarEntry {
  EntryType type = EntryType::kFile;
  std::string path;         // as stored, pax and GNU names applied
  std::string link_target;  // of hard links and symlinks
  uint64_t size = 0;        // bytes of content (expanded size of a sparse file)
  uint64_t stored_size = 0; // bytes in the archive
  uint64_t offset = 0;      // where in the archive the content begins
  uint32_t mode = 0;
  uint32_t uid = 0, gid = 0;
  int64_t mtime = 0;
  bool sparse = false;
  bool path_too_long = false;  // only with TarLimits::give_long_paths
};

struct TarLimits {
  uint64_t max_entries = 5'000'000;    // more is kLimit
  uint64_t max_header_bytes = 1 << 20; // pax records or a long name of one entry
  uint32_t max_path_bytes = 4096;      // longer paths are kLimit (PATH_MAX)
  // Entries of longer paths are given, marked, instead of ending the archive: who reads them says
  // that they were left out.
  bool give_long_paths = false;
};

class TarReader {
 public:
  // `source` is the uncompressed archive and must outlive the reader.
  TarReader(base::Source& source, const TarLimits& limits);
  ~TarReader();

  // Moves to the next entry (skipping what is left of the current one). False at the end; after
  // that the source has been read to its own end (so that a digest over it is complete).
  // kCorrupt: bad checksum, truncated; kLimit: TarLimits. The entry is valid until the next call.
  base::Result<bool> next();
  const TarEntry& entry() const;
  // Content of the current entry, holes filled with zeros; 0 at its end.
  base::Result<size_t> read(std::span<std::byte> out);
  // Content without a copy: the next piece, in the reader's buffer, valid until the next call;
  // empty at the end. Holes come as pieces of zeros.
  base::Result<base::ByteView> read_piece();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// A tar path as a path inside the root: no leading "/" or "./", no empty or "." segments, no
// trailing slash. kInvalid for a ".." segment or a NUL byte. The root itself is "".
base::Result<std::string> normal_path(std::string_view path);

}  // namespace bulkhead::archive
