// SPDX-License-Identifier: Apache-2.0
// TarWriter: makes tar archives for tests, well-formed or not. Entries come out in the order of the
// calls; long paths and targets get a pax header. Header-only, standard library only.
//
//   std::string layer = TarWriter().dir("etc").file("etc/motd", "hi\n").whiteout("tmp/x").finish();
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bulkhead::testing {

// What a header block is made of. Numbers that do not fit in octal are written in base 256.
struct TarFields {
  std::string name = {};
  char type = '0';
  uint64_t size = 0;
  uint32_t mode = 0644;
  uint32_t uid = 0, gid = 0;
  int64_t mtime = 0;
  std::string link = {};
  std::string magic{"ustar\00000", 8};  // GNU: "ustar  \0"; V7: eight NULs
  std::string tail = {};                 // bytes from offset 345 on (prefix; GNU sparse map)
};

inline std::string tar_octal(int64_t value, size_t width) {
  std::string field(width, '\0');
  if (value >= 0 && static_cast<uint64_t>(value) >> (3 * (width - 1)) == 0) {
    for (size_t i = width - 1; i-- > 0; value >>= 3) {
      field[i] = static_cast<char>('0' + (value & 7));
    }
    return field;
  }
  for (size_t i = width; i-- > 0; value >>= 8) field[i] = static_cast<char>(value & 0xff);
  field[0] = static_cast<char>(field[0] | 0x80);
  return field;
}

// Recomputes the checksum of a header block, after a test has changed something in it.
inline void tar_checksum(std::string& block) {
  block.replace(148, 8, 8, ' ');
  uint32_t sum = 0;
  for (char c : block) sum += static_cast<uint8_t>(c);
  block.replace(148, 8, tar_octal(sum, 7) + " ");
}

inline std::string tar_header(const TarFields& fields) {
  std::string block(512, '\0');
  auto put = [&](size_t at, size_t width, std::string_view text) {
    text = text.substr(0, width);
    block.replace(at, text.size(), text);
  };
  put(0, 100, fields.name);
  put(100, 8, tar_octal(fields.mode, 8));
  put(108, 8, tar_octal(fields.uid, 8));
  put(116, 8, tar_octal(fields.gid, 8));
  put(124, 12, tar_octal(static_cast<int64_t>(fields.size), 12));
  put(136, 12, tar_octal(fields.mtime, 12));
  block[156] = fields.type;
  put(157, 100, fields.link);
  put(257, 8, fields.magic);
  put(345, 167, fields.tail);
  tar_checksum(block);
  return block;
}

// One pax record: "<length> key=value\n".
inline std::string pax_record(std::string_view key, std::string_view value) {
  size_t body = key.size() + value.size() + 3;
  size_t length = body + std::to_string(body).size();
  length = body + std::to_string(length).size();
  return std::to_string(length) + " " + std::string(key) + "=" + std::string(value) + "\n";
}

class TarWriter {
 public:
  // Owner, permissions and time of the entries that follow; mode only where a call gives none.
  TarWriter& owner(uint32_t uid, uint32_t gid) {
    uid_ = uid;
    gid_ = gid;
    return *this;
  }
  TarWriter& mtime(int64_t seconds) {
    mtime_ = seconds;
    return *this;
  }

  TarWriter& file(std::string_view path, std::string_view content, uint32_t mode = 0644) {
    return entry('0', path, "", mode, content);
  }
  TarWriter& dir(std::string_view path, uint32_t mode = 0755) {
    return entry('5', std::string(path) + "/", "", mode, "");
  }
  TarWriter& symlink(std::string_view path, std::string_view target) {
    return entry('2', path, target, 0777, "");
  }
  TarWriter& hardlink(std::string_view path, std::string_view target) {
    return entry('1', path, target, 0644, "");
  }
  TarWriter& fifo(std::string_view path) { return entry('6', path, "", 0644, ""); }
  TarWriter& device(std::string_view path, bool block = false) {
    return entry(block ? '4' : '3', path, "", 0600, "");
  }

  // OCI layer: removes the path of the layers below.
  TarWriter& whiteout(std::string_view path) {
    size_t slash = path.rfind('/');
    size_t base = slash == std::string_view::npos ? 0 : slash + 1;
    return file(std::string(path.substr(0, base)) + ".wh." + std::string(path.substr(base)), "");
  }
  // OCI layer: removes what the layers below have in the directory.
  TarWriter& opaque(std::string_view directory) {
    return file(std::string(directory) + "/.wh..wh..opq", "");
  }

  // Records for the next entry ('x') or, with type 'g', for all that follow.
  TarWriter& pax(const std::vector<std::pair<std::string, std::string>>& records,
                 char type = 'x') {
    std::string text;
    for (const auto& [key, value] : records) text += pax_record(key, value);
    return raw_entry({.name = "PaxHeaders/x", .type = type}, text);
  }
  // A header made by hand, its content, and padding. `size` is filled in unless it is set.
  TarWriter& raw_entry(TarFields fields, std::string_view content) {
    if (fields.size == 0) fields.size = content.size();
    raw(tar_header(fields));
    raw(content);
    return raw(std::string((512 - content.size() % 512) % 512, '\0'));
  }
  TarWriter& raw(std::string_view bytes) {
    out_ += bytes;
    return *this;
  }

  const std::string& bytes() const { return out_; }
  // The archive with its two zero blocks.
  std::string finish() const { return out_ + std::string(1024, '\0'); }

 private:
  TarWriter& entry(char type, std::string_view path, std::string_view link, uint32_t mode,
                   std::string_view content) {
    std::vector<std::pair<std::string, std::string>> records;
    if (path.size() > 100) records.emplace_back("path", path);
    if (link.size() > 100) records.emplace_back("linkpath", link);
    if (!records.empty()) pax(records);
    TarFields fields;
    fields.name = path;
    fields.type = type;
    fields.mode = mode;
    fields.uid = uid_;
    fields.gid = gid_;
    fields.mtime = mtime_;
    fields.link = link;
    return raw_entry(fields, content);
  }

  std::string out_;
  uint32_t uid_ = 0, gid_ = 0;
  int64_t mtime_ = 0;
};

}  // namespace bulkhead::testing
