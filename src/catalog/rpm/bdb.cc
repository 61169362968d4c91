// SPDX-License-Identifier: Apache-2.0
// Berkeley DB hash files as rpm wrote them until 4.15 (dbinc/db_page.h of Berkeley DB 4 and 5): a
// metadata page, hash pages whose items alternate key and value, and overflow pages that hold large
// values. Either byte order. Keys are package numbers; number 0 is rpm's own counter.
#include <array>
#include <vector>

#include "catalog/rpm/database.h"

namespace bulkhead::catalog::rpm {
namespace {

constexpr uint32_t kHashMagic = 0x00061561;
constexpr size_t kPageHeader = 26;
constexpr uint8_t kHashMeta = 8;
constexpr uint8_t kHashUnsorted = 2;
constexpr uint8_t kHash = 13;
constexpr uint8_t kOverflow = 7;
constexpr uint8_t kItemInPage = 1;
constexpr uint8_t kItemOffPage = 3;
constexpr uint64_t kMaxValue = 256ull << 20;

base::Error corrupt_berkeley(std::string_view what) {
  return base::Error(base::Code::kCorrupt, "rpm Berkeley DB database: " + std::string(what));
}

class BerkeleyReader {
 public:
  static base::Result<BerkeleyReader> open(base::ByteView file) {
    if (file.size() < 512) return corrupt_berkeley("shorter than its first page");
    BerkeleyReader reader(file);
    if (reader.u32(file, 12) != kHashMagic) {
      reader.swapped_ = true;
      if (reader.u32(file, 12) != kHashMagic) return corrupt_berkeley("bad magic");
    }
    reader.page_size_ = reader.u32(file, 20);
    size_t size = reader.page_size_;
    if (size < 512 || size > 65536 || (size & (size - 1)) != 0)
      return corrupt_berkeley("bad page size");
    if (static_cast<uint8_t>(file[24]) != 0) {
      return base::Error(base::Code::kUnsupported, "rpm Berkeley DB database is encrypted");
    }
    if (static_cast<uint8_t>(file[25]) != kHashMeta) return corrupt_berkeley("not a hash database");
    return reader;
  }

  base::Status each(const OnHeader& on_header) {
    size_t pages = file_.size() / page_size_;
    for (size_t number = 1; number < pages; ++number) {
      base::ByteView page = file_.subspan(number * page_size_, page_size_);
      auto type = static_cast<uint8_t>(page[25]);
      if (type == kHash || type == kHashUnsorted) TRY(hash_page(page, on_header));
    }
    return {};
  }

 private:
  explicit BerkeleyReader(base::ByteView file) : file_(file), budget_(file.size()) {}

  template <typename T>
  T number(base::ByteView bytes, size_t offset) const {
    base::ByteReader in(bytes);
    CHECK(in.seek(offset));
    auto value = swapped_ ? in.big<T>() : in.little<T>();
    CHECK(value.has_value());
    return *value;
  }
  uint16_t u16(base::ByteView bytes, size_t offset) const {
    return number<uint16_t>(bytes, offset);
  }
  uint32_t u32(base::ByteView bytes, size_t offset) const {
    return number<uint32_t>(bytes, offset);
  }

  base::Status hash_page(base::ByteView page, const OnHeader& on_header) {
    size_t count = u16(page, 20);
    if (kPageHeader + 2 * count > page.size()) return corrupt_berkeley("bad page");
    // Items grow from the end of the page downwards: each ends where the one before it begins.
    size_t end = page.size();
    std::vector<base::ByteView> items;
    for (size_t i = 0; i < count; ++i) {
      size_t start = u16(page, kPageHeader + 2 * i);
      if (start >= end || start < kPageHeader + 2 * count)
        return corrupt_berkeley("item out of its page");
      items.push_back(page.subspan(start, end - start));
      end = start;
    }
    for (size_t i = 0; i + 1 < items.size(); i += 2) {
      base::ByteView key = items[i];
      bool counter = key.size() == 5 && u32(key, 1) == 0;
      if (!counter) TRY(value(items[i + 1], on_header));
    }
    return {};
  }

  base::Status value(base::ByteView item, const OnHeader& on_header) {
    auto type = static_cast<uint8_t>(item[0]);
    if (type == kItemInPage) {
      on_header(item.subspan(1));
      return {};
    }
    if (type != kItemOffPage) return corrupt_berkeley("unexpected kind of item");
    if (item.size() < 12) return corrupt_berkeley("bad item");
    uint32_t page_number = u32(item, 4);
    uint64_t size = u32(item, 8);
    if (size > kMaxValue || size > budget_) return corrupt_berkeley("values larger than the file");
    budget_ -= size;
    buffer_.clear();
    while (buffer_.size() < size) {
      uint64_t offset = static_cast<uint64_t>(page_number) * page_size_;
      if (page_number == 0 || offset + page_size_ > file_.size()) {
        return corrupt_berkeley("overflow page out of the file");
      }
      base::ByteView page = file_.subspan(static_cast<size_t>(offset), page_size_);
      if (static_cast<uint8_t>(page[25]) != kOverflow)
        return corrupt_berkeley("not an overflow page");
      size_t used = u16(page, 22);
      // An empty page would let a loop of pages go on for ever.
      if (used == 0 || used > page_size_ - kPageHeader)
        return corrupt_berkeley("bad overflow page");
      base::ByteView part = page.subspan(kPageHeader, used);
      buffer_.insert(buffer_.end(), part.begin(), part.end());
      page_number = u32(page, 16);
    }
    on_header(base::ByteView(buffer_).first(static_cast<size_t>(size)));
    return {};
  }

  base::ByteView file_;
  uint64_t budget_;  // values share no pages, so together they are no larger than the file
  size_t page_size_ = 0;
  bool swapped_ = false;
  base::Bytes buffer_;
};

}  // namespace

base::Status read_bdb(base::ByteView file, const OnHeader& on_header) {
  return TRY(BerkeleyReader::open(file)).each(on_header);
}

base::Status read_database(base::ByteView file, base::ByteView log, const OnHeader& on_header) {
  std::string_view text = base::as_text(file);
  // A new database is an empty file until its log is first written back.
  bool only_log = file.empty() && !log.empty();
  if (only_log || text.starts_with(std::string_view("SQLite format 3\0", 16))) {
    return read_sqlite(file, log, on_header);
  }
  if (text.starts_with("RpmP")) return read_ndb(file, on_header);
  constexpr std::array<std::string_view, 2> kBdbMagic = {std::string_view("\x61\x15\x06\x00", 4),
                                                         std::string_view("\x00\x06\x15\x61", 4)};
  if (file.size() >= 16 &&
      (text.substr(12, 4) == kBdbMagic[0] || text.substr(12, 4) == kBdbMagic[1])) {
    return read_bdb(file, on_header);
  }
  return base::Error(base::Code::kUnsupported,
                     "neither an SQLite, an NDB nor a Berkeley DB hash file");
}

}  // namespace bulkhead::catalog::rpm
