// SPDX-License-Identifier: Apache-2.0
// The pieces of a tar archive that describe entries: header blocks, pax records, sparse maps.
// Internal to tar.cc; sees bytes only, never the stream.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "archive/tar.h"
#include "base/bytes.h"
#include "base/result.h"

namespace bulkhead::archive {

inline constexpr size_t kTarBlock = 512;

// Stored bytes of a sparse file: where they belong in the expanded one.
struct Extent {
  uint64_t offset = 0;
  uint64_t size = 0;
};

// One header block. Views into the block.
struct TarHeader {
  std::string_view block;
  char type = 0;
  uint64_t size = 0;  // as the header says; pax may override
  bool gnu = false;   // GNU magic: no prefix field, old sparse map possible

  // nullopt: not a header (bad checksum or numbers).
  static std::optional<TarHeader> parse(base::ByteView block);
  // Path (with the ustar or star prefix), link and numbers; reuses the strings' memory.
  bool fill(TarEntry& entry) const;
};

// What the pax records before an entry say about it (IEEE 1003.1 pax, GNU tar's sparse records).
struct PaxRecords {
  std::optional<std::string> path, link_path;
  std::optional<uint64_t> size;
  std::optional<uint32_t> uid, gid;
  std::optional<int64_t> mtime;
  std::string sparse_major, sparse_minor, sparse_name, sparse_map;
  std::optional<uint64_t> sparse_size;
  std::vector<Extent> sparse_pairs;  // format 0.0 has a record for each number
  std::optional<uint64_t> sparse_offset;

  // Adds the records of one extended header; kCorrupt when they break the format.
  base::Status parse(std::string_view records);
};

// An octal or base-256 number field; nullopt when it is neither or does not fit.
std::optional<int64_t> tar_number(std::string_view field);
// "offset,size,offset,size,...": format 0.1.
std::optional<std::vector<Extent>> parse_sparse_map(std::string_view map);
// The entries of an old GNU sparse header or extension block, up to the first empty one.
bool append_gnu_extents(std::string_view fields, std::vector<Extent>& extents);
// In order, not overlapping, inside the file, and as many bytes as are stored.
bool valid_extents(const std::vector<Extent>& extents, uint64_t size, uint64_t stored_size);

}  // namespace bulkhead::archive
