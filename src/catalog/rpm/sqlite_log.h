// SPDX-License-Identifier: Apache-2.0
// SQLite's write-ahead log: pages that changed since the database file was last brought up to date.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>

#include "base/bytes.h"

namespace bulkhead::catalog::rpm {

// A view of a log; the bytes must outlive it.
class SqliteLog {
 public:
  // Reads as far as a reader of SQLite would: up to the last commit in front of the first frame
  // that is torn, older than the log's header or does not match its checksum. Bytes that are no
  // log, or hold no commit, give an empty one: SQLite then goes by the database file alone.
  static SqliteLog read(base::ByteView bytes);

  bool empty() const { return pages_.empty(); }
  base::ByteView bytes() const { return bytes_; }
  size_t page_size() const { return page_size_; }
  // Of the database after the last commit.
  uint32_t page_count() const { return page_count_; }
  // nullopt: the page did not change.
  std::optional<base::ByteView> page(uint32_t number) const;

 private:
  base::ByteView bytes_;
  size_t page_size_ = 0;
  uint32_t page_count_ = 0;
  std::unordered_map<uint32_t, size_t> pages_;  // number -> where its newest content begins
};

}  // namespace bulkhead::catalog::rpm
