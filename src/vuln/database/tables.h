// SPDX-License-Identifier: Apache-2.0
// Building blocks of the database writer: interned strings and lists, bucket tables, the layout of
// sections in the file.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "vuln/database/format.h"
#include "vuln/record.h"

namespace bulkhead::vuln {

// Strings, each once. Offset 0 is the empty string.
class StringTable {
 public:
  // `text` must outlive the table: it is the key of the index.
  uint32_t add(std::string_view text);
  const std::string& blob() const { return blob_; }

 private:
  std::string blob_ = std::string(1, '\0');
  std::unordered_map<std::string_view, uint32_t> offsets_;
};

// Lists of words, each once. Offset 0 is the empty list.
class ListTable {
 public:
  uint32_t add(std::span<const uint32_t> list);
  const std::vector<uint32_t>& words() const { return words_; }

 private:
  std::vector<uint32_t> words_ = {0};
  std::unordered_map<uint64_t, uint32_t> offsets_;  // by hash; of two that collide the first stays
};

// An open-addressing table over items 0, 1, 2, ... with these hashes; at most 70 % full.
std::vector<format::Bucket> bucket_table(std::span<const uint64_t> hashes);

// The cold part of a record; "" when it has none.
std::string pack_text(const Record& record);

class FileLayout {
 public:
  FileLayout();
  void add(format::Section kind, uint32_t item_bytes, base::ByteView bytes);
  template <typename T>
  void add_items(format::Section kind, const std::vector<T>& items) {
    add(kind, sizeof(T), std::as_bytes(std::span(items)));
  }
  // Writes the header, checksums and digest.
  base::Bytes finish(base::UnixTime built);

 private:
  base::Bytes file_;
  std::vector<format::SectionEntry> sections_;
};

}  // namespace bulkhead::vuln
