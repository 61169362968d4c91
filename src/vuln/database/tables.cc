// SPDX-License-Identifier: Apache-2.0
// Building blocks of the database writer.
#include "vuln/database/tables.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/check.h"
#include "crypto/digest.h"
#include "vuln/database/checksum.h"
#include "vuln/database/writer.h"

namespace bulkhead::vuln {
namespace {

void append_varint(std::string& out, uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

void append_string(std::string& out, std::string_view text) {
  append_varint(out, text.size());
  out += text;
}

void append_strings(std::string& out, const std::vector<std::string>& texts) {
  append_varint(out, texts.size());
  for (const std::string& text : texts) append_string(out, text);
}

}  // namespace

uint32_t StringTable::add(std::string_view text) {
  if (text.empty()) return 0;
  auto [at, fresh] = offsets_.try_emplace(text, static_cast<uint32_t>(blob_.size()));
  if (fresh) append_string(blob_, text);
  return at->second;
}

uint32_t ListTable::add(std::span<const uint32_t> list) {
  if (list.empty()) return 0;
  uint64_t hash = xxh64(std::as_bytes(list));
  auto [at, fresh] = offsets_.try_emplace(hash, static_cast<uint32_t>(words_.size()));
  if (!fresh) {
    size_t known = at->second;
    if (words_[known] == list.size() &&
        std::equal(list.begin(), list.end(), words_.begin() + static_cast<ptrdiff_t>(known) + 1)) {
      return at->second;
    }
  }
  auto offset = static_cast<uint32_t>(words_.size());
  words_.push_back(static_cast<uint32_t>(list.size()));
  words_.insert(words_.end(), list.begin(), list.end());
  return offset;
}

std::vector<format::Bucket> bucket_table(std::span<const uint64_t> hashes) {
  if (hashes.empty()) return {};
  std::vector<format::Bucket> buckets(std::bit_ceil(hashes.size() * 10 / 7 + 1));
  for (size_t i = 0; i < hashes.size(); ++i) {
    size_t slot = hashes[i] & (buckets.size() - 1);
    while (buckets[slot].item != 0) slot = (slot + 1) & (buckets.size() - 1);
    buckets[slot] = {static_cast<uint32_t>(hashes[i] >> 32), static_cast<uint32_t>(i + 1)};
  }
  return buckets;
}

std::string pack_text(const Record& record) {
  if (record.title.empty() && record.description.empty() && record.cvss.empty() &&
      record.cwes.empty() && record.references.empty()) {
    return {};
  }
  std::string out;
  append_string(out, record.title);
  append_string(out, record.description);
  append_strings(out, record.cvss);
  append_strings(out, record.cwes);
  append_strings(out, record.references);
  return out;
}

FileLayout::FileLayout() : file_(format::kHeaderBytes) {}

void FileLayout::add(format::Section kind, uint32_t item_bytes, base::ByteView bytes) {
  file_.resize((file_.size() + format::kSectionAlign - 1) / format::kSectionAlign *
               format::kSectionAlign);
  sections_.push_back({static_cast<uint32_t>(kind), item_bytes, file_.size(), bytes.size()});
  file_.insert(file_.end(), bytes.begin(), bytes.end());
}

base::Bytes FileLayout::finish(base::UnixTime built) {
  size_t covered = file_.size() - format::kHeaderBytes;
  // Aligned first, so that the sums cover all that stands before them.
  covered = (covered + format::kSectionAlign - 1) / format::kSectionAlign * format::kSectionAlign;
  size_t blocks = (covered + format::kBlockBytes - 1) / format::kBlockBytes;
  base::Bytes sums(blocks * sizeof(uint64_t));
  add(format::Section::kChecksums, sizeof(uint64_t), sums);

  format::Header header{};
  std::memcpy(header.magic, format::kMagic, sizeof(header.magic));
  header.version = format::kVersion;
  header.section_count = static_cast<uint32_t>(sections_.size());
  header.file_bytes = file_.size();
  header.built = built;
  size_t table_bytes = sections_.size() * sizeof(format::SectionEntry);
  CHECK(sizeof(header) + table_bytes <= format::kDigestOffset);
  std::memcpy(file_.data(), &header, sizeof(header));
  std::memcpy(file_.data() + sizeof(header), sections_.data(), table_bytes);
  seal_database(file_);
  return std::move(file_);
}

void seal_database(base::Bytes& file) {
  if (file.size() < format::kHeaderBytes) return;
  base::ByteView bytes(file);
  format::Header header;
  std::memcpy(&header, file.data(), sizeof(header));
  uint32_t room = (format::kDigestOffset - sizeof(header)) / sizeof(format::SectionEntry);
  for (uint32_t i = 0; i < std::min(header.section_count, room); ++i) {
    format::SectionEntry entry;
    std::memcpy(&entry, file.data() + sizeof(header) + i * sizeof(entry), sizeof(entry));
    if (entry.kind != static_cast<uint32_t>(format::Section::kChecksums)) continue;
    if (entry.offset < format::kHeaderBytes || entry.offset > file.size()) break;
    uint64_t blocks = std::min(entry.bytes, file.size() - entry.offset) / sizeof(uint64_t);
    for (uint64_t block = 0; block < blocks; ++block) {
      uint64_t begin = format::kHeaderBytes + block * format::kBlockBytes;
      uint64_t end = std::min(begin + format::kBlockBytes, entry.offset);
      if (begin >= end) break;
      uint64_t sum = xxh64(bytes.subspan(begin, end - begin));
      std::memcpy(file.data() + entry.offset + block * sizeof(sum), &sum, sizeof(sum));
    }
  }
  crypto::Hasher hasher(crypto::Algorithm::kSha256);
  hasher.update(bytes.first(format::kDigestOffset));
  hasher.update(bytes.subspan(format::kHeaderBytes));
  base::Bytes digest = hasher.finish();
  std::memcpy(file.data() + format::kDigestOffset, digest.data(), digest.size());
  uint64_t sum = xxh64(bytes.first(format::kHeaderSumOffset));
  std::memcpy(file.data() + format::kHeaderSumOffset, &sum, sizeof(sum));
}

}  // namespace bulkhead::vuln
