// SPDX-License-Identifier: Apache-2.0
// Reading header entries. Bounds of rpm itself: 65,535 entries, 256 MiB of data.
#include "catalog/rpm/header.h"

#include <algorithm>

namespace bulkhead::catalog::rpm {
namespace {

constexpr uint32_t kMaxEntries = 0xffff;
constexpr uint32_t kMaxData = 256u << 20;
constexpr uint32_t kMaxValues = 1u << 22;
constexpr uint32_t kInt32 = 4;
constexpr uint32_t kString = 6;
constexpr uint32_t kStringArray = 8;
constexpr uint32_t kI18nString = 9;

base::Error corrupt_header(std::string_view what) {
  return base::Error(base::Code::kCorrupt, "rpm header: " + std::string(what));
}

// The NUL-terminated string at an offset; nullopt when it does not end inside the data.
std::optional<std::string_view> c_string(base::ByteView data, size_t offset) {
  if (offset >= data.size()) return std::nullopt;
  std::string_view rest = base::as_text(data.subspan(offset));
  size_t end = rest.find('\0');
  if (end == std::string_view::npos) return std::nullopt;
  return rest.substr(0, end);
}

}  // namespace

base::Result<Header> Header::parse(base::ByteView blob) {
  base::ByteReader in(blob);
  auto count = in.big<uint32_t>();
  auto size = in.big<uint32_t>();
  if (!count || !size) return corrupt_header("shorter than its counts");
  if (*count == 0 || *count > kMaxEntries || *size > kMaxData)
    return corrupt_header("absurd counts");
  if (in.remaining() < *count * 16ull + *size) return corrupt_header("truncated");
  Header header;
  header.entries_.reserve(*count);
  for (uint32_t i = 0; i < *count; ++i) {
    Entry entry{};
    entry.tag = *in.big<uint32_t>();
    entry.type = *in.big<uint32_t>();
    entry.offset = *in.big<uint32_t>();
    entry.count = *in.big<uint32_t>();
    header.entries_.push_back(entry);
  }
  header.data_ = *in.take(*size);
  std::stable_sort(header.entries_.begin(), header.entries_.end(),
                   [](const Entry& a, const Entry& b) { return a.tag < b.tag; });
  return header;
}

const Header::Entry* Header::find(Tag tag) const {
  auto wanted = static_cast<uint32_t>(tag);
  auto at = std::lower_bound(entries_.begin(), entries_.end(), wanted,
                             [](const Entry& e, uint32_t t) { return e.tag < t; });
  return at == entries_.end() || at->tag != wanted ? nullptr : &*at;
}

std::string_view Header::string(Tag tag) const {
  const Entry* entry = find(tag);
  bool text = entry != nullptr && entry->count > 0 &&
              (entry->type == kString || entry->type == kStringArray || entry->type == kI18nString);
  return text ? c_string(data_, entry->offset).value_or("") : "";
}

std::vector<uint32_t> Header::numbers(Tag tag) const {
  const Entry* entry = find(tag);
  std::vector<uint32_t> out;
  if (entry == nullptr || entry->type != kInt32 || entry->count > kMaxValues) return out;
  base::ByteReader in(data_);
  if (!in.seek(entry->offset)) return out;
  out.reserve(std::min<size_t>(entry->count, in.remaining() / 4));
  for (uint32_t i = 0; i < entry->count; ++i) {
    auto value = in.big<uint32_t>();
    if (!value) break;
    out.push_back(*value);
  }
  return out;
}

std::optional<uint32_t> Header::number(Tag tag) const {
  auto all = numbers(tag);
  if (all.empty()) return std::nullopt;
  return all.front();
}

std::vector<std::string_view> Header::strings(Tag tag) const {
  const Entry* entry = find(tag);
  std::vector<std::string_view> out;
  if (entry == nullptr || entry->count > kMaxValues) return out;
  if (entry->type != kStringArray && entry->type != kString && entry->type != kI18nString) {
    return out;
  }
  size_t offset = entry->offset;
  for (uint32_t i = 0; i < entry->count; ++i) {
    auto text = c_string(data_, offset);
    if (!text) break;
    out.push_back(*text);
    offset += text->size() + 1;
  }
  return out;
}

}  // namespace bulkhead::catalog::rpm
