// SPDX-License-Identifier: Apache-2.0
// seal_sqlite_log(): puts right the checksums and salts of a write-ahead log of SQLite that was
// made or changed by hand (https://www.sqlite.org/fileformat.html, section 4). Header-only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace bulkhead::testing {

class SqliteLogSealer {
 public:
  // Bytes behind the last whole frame stay as they are.
  static std::string seal(std::string log, bool big_endian) {
    constexpr size_t kHeader = 32;
    constexpr size_t kFrameHeader = 24;
    if (log.size() < kHeader) return log;
    SqliteLogSealer sum(big_endian);
    put(log, 0, big_endian ? 0x377f0683 : 0x377f0682);
    put(log, 4, 3007000);
    sum.add(std::string_view(log).substr(0, 24));
    sum.store(log, 24);
    size_t page = static_cast<uint8_t>(log[10]) * 256u + static_cast<uint8_t>(log[11]);
    if (page == 0) page = 65536;
    for (size_t at = kHeader; at + kFrameHeader + page <= log.size(); at += kFrameHeader + page) {
      log.replace(at + 8, 8, log.substr(16, 8));
      sum.add(std::string_view(log).substr(at, 8));
      sum.add(std::string_view(log).substr(at + kFrameHeader, page));
      sum.store(log, at + 16);
    }
    return log;
  }

 private:
  explicit SqliteLogSealer(bool big_endian) : big_endian_(big_endian) {}

  static void put(std::string& to, size_t at, uint32_t value) {
    for (size_t i = 0; i < 4; ++i) to[at + i] = static_cast<char>(value >> (24 - 8 * i));
  }
  void store(std::string& to, size_t at) const {
    put(to, at, first_);
    put(to, at + 4, second_);
  }
  uint32_t word(std::string_view bytes) const {
    uint32_t value = 0;
    for (size_t i = 0; i < 4; ++i) {
      value |= uint32_t{static_cast<uint8_t>(bytes[i])} << (big_endian_ ? 24 - 8 * i : 8 * i);
    }
    return value;
  }
  void add(std::string_view bytes) {
    for (; bytes.size() >= 8; bytes.remove_prefix(8)) {
      first_ += word(bytes) + second_;
      second_ += word(bytes.substr(4)) + first_;
    }
  }

  bool big_endian_;
  uint32_t first_ = 0;
  uint32_t second_ = 0;
};

inline std::string seal_sqlite_log(std::string log, bool big_endian = false) {
  return SqliteLogSealer::seal(std::move(log), big_endian);
}

}  // namespace bulkhead::testing
