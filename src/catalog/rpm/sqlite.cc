// SPDX-License-Identifier: Apache-2.0
// Table "Packages" of rpmdb.sqlite, by the SQLite file format
// (https://www.sqlite.org/fileformat.html): find the table's root page in the schema (page 1), walk
// its B-tree, take the blob of each row. Pages that the write-ahead log has count before those of
// the file.
#include <algorithm>
#include <optional>
#include <unordered_set>

#include "base/text.h"
#include "catalog/rpm/database.h"
#include "catalog/rpm/sqlite_log.h"

namespace bulkhead::catalog::rpm {
namespace {

constexpr size_t kFileHeader = 100;
constexpr uint8_t kInteriorTable = 0x05;
constexpr uint8_t kLeafTable = 0x0d;
constexpr size_t kMaxDepth = 32;
constexpr uint64_t kMaxPayload = 256ull << 20;

base::Error corrupt_sqlite(std::string_view what) {
  return base::Error(base::Code::kCorrupt, "rpm SQLite database: " + std::string(what));
}

// SQLite's varint: big-endian, 7 bits a byte, the ninth byte whole.
std::optional<uint64_t> varint(base::ByteReader& in) {
  uint64_t value = 0;
  for (int i = 0; i < 9; ++i) {
    auto byte = in.little<uint8_t>();
    if (!byte) return std::nullopt;
    if (i == 8) return (value << 8) | *byte;
    value = (value << 7) | (*byte & 0x7f);
    if ((*byte & 0x80) == 0) return value;
  }
  return std::nullopt;
}

// Bytes of a column by its serial type (section 2.1).
uint64_t column_bytes(uint64_t serial) {
  constexpr uint64_t kFixed[] = {0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0};
  return serial < 12 ? kFixed[serial] : (serial - 12) / 2;
}

struct Column {
  uint64_t serial = 0;
  base::ByteView bytes;
  bool is_blob() const { return serial >= 12 && serial % 2 == 0; }
  bool is_text() const { return serial >= 13 && serial % 2 == 1; }
  uint64_t integer() const {
    if (serial == 9) return 1;
    uint64_t value = 0;
    if (serial >= 1 && serial <= 6) {
      for (std::byte b : bytes) value = (value << 8) | static_cast<uint8_t>(b);
    }
    return value;
  }
};

base::Result<std::vector<Column>> parse_record(base::ByteView payload) {
  base::ByteReader in(payload);
  auto header_size = varint(in);
  if (!header_size || *header_size > payload.size()) return corrupt_sqlite("bad record");
  base::ByteReader body(payload);
  CHECK(body.seek(*header_size));
  std::vector<Column> columns;
  while (in.position() < *header_size && columns.size() < 16) {
    auto serial = varint(in);
    if (!serial) return corrupt_sqlite("bad record");
    auto bytes = body.take(column_bytes(*serial));
    if (!bytes) return corrupt_sqlite("bad record");
    columns.push_back({*serial, *bytes});
  }
  return columns;
}

class SqliteReader {
 public:
  static base::Result<SqliteReader> open(base::ByteView file, SqliteLog log) {
    base::ByteView first = log.page(1).value_or(file);
    base::ByteReader in(first);
    if (first.size() < kFileHeader || !in.seek(16))
      return corrupt_sqlite("shorter than its header");
    size_t page_size = *in.big<uint16_t>();
    if (page_size == 1) page_size = 65536;
    if (page_size < 512 || (page_size & (page_size - 1)) != 0)
      return corrupt_sqlite("bad page size");
    if (!log.empty() && log.page_size() != page_size)
      return corrupt_sqlite("log of another page size");
    size_t reserved = static_cast<uint8_t>(first[20]);
    if (page_size - reserved < 480) return corrupt_sqlite("bad page size");
    return SqliteReader(file, std::move(log), page_size, page_size - reserved);
  }

  using OnRow = std::function<base::Status(base::ByteView payload)>;

  // Depth-first over the table's pages, each visited once.
  base::Status walk(uint32_t root, const OnRow& on_row) {
    std::unordered_set<uint32_t> seen;
    std::vector<std::pair<uint32_t, size_t>> stack = {{root, 0}};
    while (!stack.empty()) {
      auto [number, depth] = stack.back();
      stack.pop_back();
      if (depth > kMaxDepth || !seen.insert(number).second)
        return corrupt_sqlite("pages form a loop");
      base::ByteView page = TRY(page_at(number));
      size_t start = number == 1 ? kFileHeader : 0;
      auto type = static_cast<uint8_t>(page[start]);
      if (type == kLeafTable) {
        TRY(leaf(page, start, on_row));
      } else if (type == kInteriorTable) {
        std::vector<uint32_t> children = TRY(interior(page, start));
        for (size_t i = children.size(); i-- > 0;) stack.emplace_back(children[i], depth + 1);
      } else {
        return corrupt_sqlite("unexpected page type");
      }
    }
    return {};
  }

 private:
  SqliteReader(base::ByteView file, SqliteLog log, size_t page_size, size_t usable)
      : file_(file),
        log_(std::move(log)),
        page_size_(page_size),
        usable_(usable),
        budget_(file.size() + log_.bytes().size()) {}

  base::Result<base::ByteView> page_at(uint32_t number) const {
    if (!log_.empty() && number > log_.page_count())
      return corrupt_sqlite("page out of the database");
    if (auto changed = log_.page(number)) return *changed;
    uint64_t offset = (static_cast<uint64_t>(number) - 1) * page_size_;
    if (number == 0 || offset + page_size_ > file_.size())
      return corrupt_sqlite("page out of the file");
    return file_.subspan(static_cast<size_t>(offset), page_size_);
  }

  // Offsets of the cells of a page.
  base::Result<std::vector<uint16_t>> cells(base::ByteView page, size_t start,
                                            size_t header) const {
    base::ByteReader in(page);
    CHECK(in.seek(start + 3));
    uint16_t count = *in.big<uint16_t>();
    if (!in.seek(start + header)) return corrupt_sqlite("bad page");
    std::vector<uint16_t> out;
    for (uint16_t i = 0; i < count; ++i) {
      auto offset = in.big<uint16_t>();
      if (!offset || *offset >= page.size()) return corrupt_sqlite("cell out of its page");
      out.push_back(*offset);
    }
    return out;
  }

  base::Result<std::vector<uint32_t>> interior(base::ByteView page, size_t start) const {
    std::vector<uint32_t> children;
    for (uint16_t offset : TRY(cells(page, start, 12))) {
      base::ByteReader in(page);
      CHECK(in.seek(offset));
      auto child = in.big<uint32_t>();
      if (!child) return corrupt_sqlite("cell out of its page");
      children.push_back(*child);
    }
    base::ByteReader in(page);
    CHECK(in.seek(start + 8));
    children.push_back(*in.big<uint32_t>());
    return children;
  }

  base::Status leaf(base::ByteView page, size_t start, const OnRow& on_row) {
    for (uint16_t offset : TRY(cells(page, start, 8))) {
      base::ByteReader in(page.first(usable_));
      if (!in.seek(offset)) return corrupt_sqlite("cell out of its page");
      auto size = varint(in);
      auto row = varint(in);
      if (!size || !row || *size > kMaxPayload) return corrupt_sqlite("bad cell");
      TRY(on_row(TRY(payload(in, *size))));
    }
    return {};
  }

  // The payload of a cell: whole on the page, or continued on overflow pages (section 1.6).
  base::Result<base::ByteView> payload(base::ByteReader& in, uint64_t size) {
    uint64_t max_local = usable_ - 35;
    if (size <= max_local) {
      auto bytes = in.take(size);
      if (!bytes) return corrupt_sqlite("cell out of its page");
      return *bytes;
    }
    uint64_t min_local = (usable_ - 12) * 32 / 255 - 23;
    uint64_t local = min_local + (size - min_local) % (usable_ - 4);
    if (local > max_local) local = min_local;
    auto first = in.take(local);
    auto next = in.big<uint32_t>();
    if (!first || !next) return corrupt_sqlite("cell out of its page");
    if (size > budget_) return corrupt_sqlite("payloads larger than the file");
    budget_ -= size;
    buffer_.assign(first->begin(), first->end());
    uint32_t page_number = *next;
    while (buffer_.size() < size) {
      base::ByteView page = TRY(page_at(page_number));
      size_t want = static_cast<size_t>(std::min<uint64_t>(usable_ - 4, size - buffer_.size()));
      base::ByteReader link(page);
      page_number = *link.big<uint32_t>();
      base::ByteView part = page.subspan(4, want);
      buffer_.insert(buffer_.end(), part.begin(), part.end());
    }
    return base::ByteView(buffer_);
  }

  base::ByteView file_;
  SqliteLog log_;
  size_t page_size_;
  size_t usable_;
  uint64_t budget_;  // payloads share no pages, so together they are no larger than file and log
  base::Bytes buffer_;
};

}  // namespace

base::Status read_sqlite(base::ByteView file, base::ByteView log, const OnHeader& on_header) {
  SqliteReader reader = TRY(SqliteReader::open(file, SqliteLog::read(log)));
  // sqlite_schema: type, name, tbl_name, rootpage, sql
  uint32_t root = 0;
  TRY(reader.walk(1, [&](base::ByteView payload) -> base::Status {
    auto columns = TRY(parse_record(payload));
    if (columns.size() >= 4 && columns[0].is_text() && base::as_text(columns[0].bytes) == "table" &&
        base::as_text(columns[1].bytes) == "Packages") {
      root = static_cast<uint32_t>(columns[3].integer());
    }
    return {};
  }));
  if (root == 0) return corrupt_sqlite("no table \"Packages\"");
  // Packages: hnum (the row id), blob
  return reader.walk(root, [&](base::ByteView payload) -> base::Status {
    auto columns = TRY(parse_record(payload));
    if (columns.size() < 2 || !columns[1].is_blob())
      return corrupt_sqlite("row without a header blob");
    on_header(columns[1].bytes);
    return {};
  });
}

}  // namespace bulkhead::catalog::rpm
